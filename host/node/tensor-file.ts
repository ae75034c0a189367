import { type DType, ELEMENT_BYTES, elementsOf, type TypedData } from "../core/dtype.js";
import { ShapeError } from "../core/errors.js";
import { elementCount, formatShape, type Shape } from "../core/shape.js";
import { formatNpy, MAX_NPY_HEADER_BYTES, parseNpy } from "./npy.js";
import { readAtMost } from "./read-file.js";
import { type OutputFile, writeFilesAtomically } from "./write-file.js";

/** What a tensor file has to hold; a model's `TensorInfo` is one. */
export interface TensorFileType {
  /** Names the tensor in errors. */
  readonly name?: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A tensor to be written; what `model.output()` returns is one. */
export interface TensorFileContent {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedData;
}

/**
 * Elements of a tensor from a file: NumPy's format when the name ends in `.npy`, which must have the same dtype and
 * number of elements, else raw little-endian elements in C order.
 *
 * @throws ShapeError naming file, tensor, expected shape and bytes for any other size
 * @throws QbinFormatError for a malformed `.npy`, EnvironmentError when the file cannot be read
 */
export async function readTensorFile(path: string, type: TensorFileType): Promise<TypedData> {
  const expected = elementCount(type.shape) * ELEMENT_BYTES[type.dtype];
  const wrongSize = (bytes: string) => {
    const size = bytes.startsWith("more") ? `gives ${bytes}` : `has ${bytes}`;
    return new ShapeError(`${path}: the file ${size} bytes; ${describe(type, expected)}`);
  };
  if (!isNpyName(path)) {
    const bytes = await readAtMost(path, expected, wrongSize);
    if (bytes.length !== expected) throw wrongSize(`${bytes.length}`);
    return elementsOf(type.dtype, bytes);
  }
  const array = parseNpy(await readAtMost(path, expected + MAX_NPY_HEADER_BYTES, wrongSize), path);
  if (array.dtype !== type.dtype || elementCount(array.shape) !== elementCount(type.shape)) {
    throw new ShapeError(`${path}: it holds ${array.dtype} ${formatShape(array.shape)}; ${describe(type, expected)}`);
  }
  return elementsOf(type.dtype, array.data);
}

function describe({ name, dtype, shape }: TensorFileType, bytes: number): string {
  const who = name === undefined ? "the tensor" : `tensor "${name}"`;
  return `${who} takes ${dtype} ${formatShape(shape)}, ${bytes} bytes`;
}

/**
 * Writes a tensor: NumPy's format when the name ends in `.npy`, else raw little-endian elements in C order. The file
 * appears complete or not at all.
 *
 * @throws EnvironmentError that starts with the path
 */
export function writeTensorFile(path: string, tensor: TensorFileContent): Promise<void> {
  return writeTensorFiles([{ path, tensor }]);
}

/** Writes several tensors, as `writeTensorFile`; when one cannot be written none is. */
export function writeTensorFiles(
  files: readonly { readonly path: string; readonly tensor: TensorFileContent }[],
): Promise<void> {
  return writeFilesAtomically(
    files.map(({ path, tensor: { dtype, shape, data } }): OutputFile => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return { path, bytes: isNpyName(path) ? formatNpy({ dtype, shape, data: bytes }) : bytes };
    }),
  );
}

function isNpyName(path: string): boolean {
  return path.toLowerCase().endsWith(".npy");
}
