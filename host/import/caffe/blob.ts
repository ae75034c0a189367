import { QbinFormatError, ShapeError } from "../../core/errors.js";
import { formatShape, MAX_ELEMENTS, type Shape, sameShape } from "../../core/shape.js";
import type { BlobMessage } from "./schema.js";

/** Trained numbers of a layer. */
export interface Blob {
  readonly shape: Shape;
  readonly data: Float32Array;
  /** The file says four numbers; matrices and vectors have ones in front. */
  readonly isLegacy: boolean;
}

/** Decodes a BlobProto; its numbers are a view of the file where alignment allows it. */
export function readBlob({ shape, num, channels, height, width, data, doubleData }: BlobMessage, who: string): Blob {
  const isLegacy = shape === undefined;
  const dims = shape?.dim ?? [num ?? 0, channels ?? 0, height ?? 0, width ?? 0];
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  const isSound = dims.every((dimension) => Number.isInteger(dimension) && dimension >= 0) && dims.length <= 32;
  if (!isSound || !(count <= MAX_ELEMENTS)) throw malformed(`${who} has shape ${formatShape(dims.slice(0, 8))}`);
  const numbers = data.length > 0 || doubleData.length === 0 ? singles(data) : doubles(doubleData);
  if (numbers.length !== count) {
    throw malformed(`${who} ${formatShape(dims)} takes ${count} numbers, the file has ${numbers.length}`);
  }
  return { shape: dims, data: numbers, isLegacy };
}

/**
 * The numbers of a blob that must have a shape, by Caffe's rule: the same shape, or, for one of four numbers, the same
 * with ones in front.
 */
export function shaped(blob: Blob, expected: Shape, role: string): Float32Array {
  const front = blob.shape.length - expected.length;
  const fits =
    sameShape(blob.shape, expected) ||
    (blob.isLegacy &&
      front >= 0 &&
      blob.shape.slice(0, front).every((dimension) => dimension === 1) &&
      sameShape(blob.shape.slice(front), expected));
  if (fits) return blob.data;
  throw new ShapeError(
    `its ${role} ${formatShape(blob.shape)} in the .caffemodel must be ${formatShape(expected)} by the .prototxt`,
  );
}

function singles(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

function doubles(bytes: Uint8Array): Float32Array {
  const aligned = bytes.slice();
  return Float32Array.from(new Float64Array(aligned.buffer, 0, aligned.length / 8));
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("caffe-malformed", `the .caffemodel's ${message}`);
}
