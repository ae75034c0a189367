import type { Attributes, ModelData, Tensor } from "../core/model.js";
import { attributeName } from "../core/op.js";
import { isBfloat16 } from "../core/quantization.js";
import { sha256 } from "../core/sha256.js";
import { findOp } from "../ops/index.js";
import type { Header, HeaderTensor } from "./header.js";
import { align, DIGEST_OFFSET, LENGTHS_OFFSET, MAGIC, MAX_HEADER_BYTES, PREFIX_BYTES, VERSION } from "./layout.js";
import { must, show } from "./must.js";
import { readQbin } from "./read.js";
import { validateModel } from "./validate.js";

/**
 * The one `.qbin` file of a model: `writeQbin(readQbin(file))` gives back `file`, byte for byte. The order of a node's
 * attributes does not matter; they are stored in the order in which the op declares them.
 *
 * @throws QbinFormatError for a model whose file `readQbin` would refuse, with the rule it breaks
 */
export function writeQbin(model: ModelData): Uint8Array {
  const ordered = { ...model, nodes: model.nodes.map((node) => ({ ...node, attributes: inOrder(node) })) };
  validateModel(ordered, findOp);
  const blocks = new BlockWriter();
  const header = new TextEncoder().encode(JSON.stringify(toHeader(ordered, blocks)));
  const headerLength = align(header.length);
  must(headerLength <= MAX_HEADER_BYTES, 5, "header length", header.length, `at most ${MAX_HEADER_BYTES}`);

  const file = new Uint8Array(PREFIX_BYTES + headerLength + blocks.end);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode(MAGIC));
  view.setUint32(4, VERSION, true);
  view.setUint32(LENGTHS_OFFSET, headerLength, true);
  view.setUint32(LENGTHS_OFFSET + 4, blocks.end, true);
  file.fill(0x20, PREFIX_BYTES + header.length, PREFIX_BYTES + headerLength);
  file.set(header, PREFIX_BYTES);
  blocks.copyTo(file.subarray(PREFIX_BYTES + headerLength));
  file.set(sha256(file.subarray(LENGTHS_OFFSET)), DIGEST_OFFSET);

  // What the types of ModelData cannot promise (bounds, text, numbers that JSON has no word for) the reader checks.
  readQbin(file);
  return file;
}

/** Places blocks one after the other, each at a multiple of 64. */
class BlockWriter {
  readonly #blocks: { offset: number; bytes: Uint8Array }[] = [];
  end = 0;

  /** Returns the offset of `bytes` in the data section. */
  add(bytes: Uint8Array): number {
    const offset = align(this.end);
    this.#blocks.push({ offset, bytes });
    this.end = offset + bytes.length;
    must(this.end < 2 ** 32, 6, "data length", this.end, "less than 2^32");
    return offset;
  }

  copyTo(data: Uint8Array): void {
    for (const { offset, bytes } of this.#blocks) data.set(bytes, offset);
  }
}

/** Keys in the order of the file: what `JSON.stringify` writes is canonical. */
function toHeader(model: ModelData, blocks: BlockWriter): Header {
  const { name, description, numerics, labels, inputs, outputs } = model;
  return {
    name,
    description,
    numerics,
    labels,
    inputs,
    outputs,
    preprocessing: model.preprocessing.map((entry) => {
      if (!entry) return null;
      const { mean, scale, channelOrder, layout } = entry;
      return { mean, scale, channelOrder, layout };
    }),
    tensors: model.tensors.map((tensor) => toHeaderTensor(tensor, blocks)),
    nodes: model.nodes.map(({ op, name, inputs, outputs, attributes, numerics }) => {
      return { op, name, inputs, outputs, attributes, numerics };
    }),
  };
}

function toHeaderTensor({ name, dtype, shape, quantization, data }: Tensor, blocks: BlockWriter): HeaderTensor {
  let stored = {};
  if (quantization) {
    const { scale, zeroPoint, axis, group, codebook } = quantization;
    const block = (numbers: readonly number[], bytes: Uint8Array) => {
      return { offset: blocks.add(bytes), count: numbers.length };
    };
    stored = {
      quantization:
        axis === undefined
          ? { scale: scale[0], zeroPoint }
          : {
              scale: block(scale, group ? bfloat16s(scale, name) : floats(scale)),
              zeroPoint,
              axis,
              ...(group && { group }),
              ...(codebook && { codebook: block(codebook, floats(codebook)) }),
            },
    };
  }
  return { name, dtype, shape, ...stored, ...(data && { data: { offset: blocks.add(data), length: data.length } }) };
}

/** Attributes in the order of the op's declaration; those it does not declare follow, to be refused by name. */
function inOrder({ op, attributes }: { op: string; attributes: Attributes }): Attributes {
  const declared = Object.keys(findOp(op)?.attributes ?? {})
    .map(attributeName)
    .filter((key) => key in attributes);
  return Object.fromEntries(
    [...new Set([...declared, ...Object.keys(attributes)])].map((key) => [key, attributes[key]!]),
  );
}

/** The upper halves of float32 values whose lower halves are 0. */
function bfloat16s(values: readonly number[], name: string): Uint8Array {
  const odd = values.find((value) => !isBfloat16(value));
  must(odd === undefined, 22, `tensor ${show(name)} scale`, odd, "a bfloat16 value, as scales of groups are");
  const wide = floats(values);
  return Uint8Array.from({ length: 2 * values.length }, (_, i) => wide[2 * i + 2 - (i & 1)]!);
}

function floats(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
