import { bfloat16Values, elementsOf } from "../core/dtype.js";
import type { ModelData, Tensor } from "../core/model.js";
import type { QuantizationParams } from "../core/quantization.js";
import { HEADER, type Header, type HeaderTensor, type NumberBlock } from "./header.js";
import { ALIGNMENT, align, splitFile } from "./layout.js";
import { must, show } from "./must.js";
import { check } from "./schema.js";

/**
 * Reads the structure of a `.qbin` file: rules R1 to R17, but for the digest (R7). What the model means is still
 * unchecked: `validateModel` comes next. `data` of the tensors are views of `bytes`, not copies.
 *
 * @throws QbinFormatError with the number of the broken rule; nothing else, whatever the bytes are
 */
export function parseQbin(bytes: Uint8Array): ModelData {
  const { header, data } = splitFile(bytes);
  return toModel(readHeader(header), data);
}

/** Parses the header and checks its structure; what the numbers refer to is still unknown. */
function readHeader(bytes: Uint8Array): Header {
  let text = "";
  let header: Header | undefined;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    must(false, 8, "header", "unreadable", "JSON in UTF-8");
  }
  check(header, HEADER, "header");
  // JSON.parse keeps the last of two equal keys and forgets spaces and spellings. Comparing with the one serialization
  // that the writer makes refuses all of that at once.
  const canonical = JSON.stringify(header);
  const padded = canonical.padEnd(Math.min(text.length, canonical.length + ALIGNMENT - 1));
  if (text === padded) return header as Header;
  let same = 0;
  while (same < text.length && text[same] === padded[same]) same++;
  must(false, 9, `header from character ${same}`, show(text.slice(same)), "in canonical form");
  return header as Header;
}

/** Spreading would make an object of every number. */
function numbersOf(values: Float32Array): number[] {
  const numbers = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] as number;
  return numbers;
}

/** Takes the blocks of the data section, which come in order, aligned, without holes or overlaps. */
function toModel(header: Header, data: Uint8Array): ModelData {
  let end = 0;
  const take = (who: string, offset: number, length: number): Uint8Array => {
    const start = align(end);
    must(offset === start, 15, `${who} offset`, offset, `${start}, the next free multiple of ${ALIGNMENT}`);
    for (let at = end; at < start; at++) if (data[at] !== 0) must(false, 16, `padding before ${who}`, "not 0", 0);
    end = start + length;
    return data.subarray(start, end);
  };
  const numbers = (who: string, of: number | NumberBlock, size = 4): number[] => {
    if (typeof of === "number") return [of];
    const bytes = take(who, of.offset, size * of.count);
    // Past the end of the file, which the last rule here refuses.
    if (bytes.length < size * of.count) return [];
    return numbersOf((size < 4 ? bfloat16Values(bytes) : elementsOf("float32", bytes)) as Float32Array);
  };
  const toTensor = ({ quantization: q, data, ...type }: HeaderTensor, i: number): Tensor => {
    const who = `tensor ${i} ${show(type.name)}`;
    const scale = q && numbers(`${who} scale`, q.scale, q.group ? 2 : 4);
    const codebook = q?.codebook && { codebook: numbers(`${who} codebook`, q.codebook) };
    return {
      ...type,
      ...(q && { quantization: { ...q, scale, ...codebook } as QuantizationParams }),
      ...(data && { data: take(`${who} data`, data.offset, data.length) }),
    };
  };
  const tensors = header.tensors.map(toTensor);
  must(end === data.length, 17, "end of the last block", end, `${data.length}, the length of the data`);
  return { ...header, tensors, preprocessing: header.preprocessing.map((entry) => entry ?? undefined) };
}
