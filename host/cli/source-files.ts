import { existsSync } from "node:fs";
import { UsageError } from "../index.js";
import { readModelFile } from "../node.js";
import { formatOf } from "../toolchain.js";

/** A model as it is on disk: one file, or, for Caffe, two. */
export interface SourceFiles {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The .caffemodel. */
  readonly weights?: Uint8Array;
  readonly weightsName?: string;
  /** Bytes of all of it. */
  readonly byteLength: number;
}

/**
 * Reads a model. The weights of a Caffe network are the second file, and without one that of the same name beside it:
 * net.caffemodel for net.prototxt.
 */
export async function readSource(path: string, weightsPath: string | undefined): Promise<SourceFiles> {
  const bytes = await readModelFile(path);
  const weightsName = weightsPath ?? (formatOf(bytes) === "caffe" ? weightsBeside(path) : undefined);
  if (weightsName === undefined) return { path, bytes, byteLength: bytes.byteLength };
  const weights = await readModelFile(weightsName);
  return { path, bytes, weights, weightsName, byteLength: bytes.byteLength + weights.byteLength };
}

/** The parts of the files that `importModel` takes as options. */
export function sourceOptions({ path, weights, weightsName }: SourceFiles) {
  return { name: path, ...(weights && { weights }), ...(weightsName !== undefined && { weightsName }) };
}

/** Where the weights of a .prototxt are expected. */
export function caffemodelOf(path: string): string {
  return `${path.replace(/\.(prototxt|txt)$/i, "")}.caffemodel`;
}

function weightsBeside(path: string): string {
  const beside = caffemodelOf(path);
  if (existsSync(beside)) return beside;
  throw new UsageError(`${path}: this is a Caffe network; name its weights after it, the .caffemodel`);
}
