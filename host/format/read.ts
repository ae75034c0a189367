import type { ModelData, Node, Preprocessing, Tensor } from "../core/model.js";
import { HEADER, type Header, type HeaderTensor } from "./header.js";
import { ALIGNMENT, align, splitFile } from "./layout.js";
import { quote, refuse } from "./refuse.js";
import { check } from "./schema.js";
import { validateModel } from "./validate.js";

export { verifyDigest } from "./digest.js";

/**
 * Reads and checks a `.qbin` file: every rule of docs/qbin.md except the digest (R7), which `verifyDigest` checks
 * because it may have to wait. `data` of the tensors are views of `bytes`, not copies.
 *
 * @throws QbinFormatError with the number of the broken rule; nothing else, whatever the bytes are
 */
export function readQbin(bytes: Uint8Array): ModelData {
  const { header, data } = splitFile(bytes);
  const model = toModel(readHeader(header), data);
  validateModel(model);
  return model;
}

/** Parses the header and checks its structure; what the numbers refer to is still unknown. */
export function readHeader(bytes: Uint8Array): Header {
  let text = "";
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse(8, "the header is not valid UTF-8");
  }
  try {
    header = JSON.parse(text);
  } catch {
    refuse(9, "the header is not JSON");
  }
  check(header, HEADER, "header");
  // JSON.parse keeps the last of two equal keys and forgets spaces and spellings. Comparing with the one serialization
  // that the writer makes refuses all of that at once.
  const canonical = JSON.stringify(header);
  if (text.length - canonical.length >= ALIGNMENT || text !== canonical.padEnd(text.length)) {
    let at = 0;
    while (text[at] === canonical[at]) at++;
    refuse(16, `the header is not in canonical form from character ${at} on: ${quote(text.slice(at))}`);
  }
  return header as Header;
}

function toModel(header: Header, data: Uint8Array): ModelData {
  const blocks = new BlockReader(data);
  const tensors = header.tensors.map((tensor, i) => toTensor(tensor, `tensor ${i} ${quote(tensor.name)}`, blocks));
  if (blocks.end !== data.length) {
    refuse(22, `the data section has ${data.length} bytes, its last block ends at ${blocks.end}; nothing may follow`);
  }
  const nodes = header.nodes.map((node, i): Node => {
    if (node.numerics === header.numerics) {
      refuse(16, `header.nodes[${i}].numerics is that of the model; must be stated only where it differs`);
    }
    return { ...node, numerics: node.numerics ?? header.numerics };
  });
  const preprocessing = header.preprocessing.map((entry): Preprocessing | undefined => entry ?? undefined);
  return { ...header, tensors, nodes, preprocessing };
}

/** Hands out the blocks of the data section, which must come in order, aligned, without holes or overlaps. */
class BlockReader {
  readonly #data: Uint8Array;
  end = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  take(offset: number, length: number, who: string): Uint8Array {
    const data = this.#data;
    const start = align(this.end);
    if (offset !== start)
      refuse(20, `${who} is at byte ${offset} of the data; the next free multiple of 64 is ${start}`);
    if (offset + length > data.length) {
      refuse(21, `${who} ends at byte ${offset + length} of the data; there are ${data.length}`);
    }
    if (data.subarray(this.end, start).some((byte) => byte !== 0)) {
      refuse(23, `the data between bytes ${this.end} and ${start} is not 0; nothing is stored before ${who}`);
    }
    this.end = offset + length;
    return data.subarray(offset, this.end);
  }
}

function toTensor(tensor: HeaderTensor, who: string, blocks: BlockReader): Tensor {
  const { quantization: q, data, ...type } = tensor;
  let quantization = {};
  if (q) {
    const { scale } = q;
    const isList = typeof scale === "object";
    if (isList !== "axis" in q) refuse(27, `${who} has ${isList ? "scales without axis" : "an axis but one scale"}`);
    quantization = {
      quantization: { ...q, scale: isList ? floats(blocks.take(scale.offset, 4 * scale.count, who)) : [scale] },
    };
  }
  return { ...type, ...quantization, ...(data && { data: blocks.take(data.offset, data.length, who) }) };
}

/** Little-endian float32 values, whatever the processor's order and the alignment of `bytes`. */
function floats(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
