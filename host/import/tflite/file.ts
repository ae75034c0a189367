import { QbinFormatError } from "../../core/errors.js";
import { cleanName } from "../common/text.js";
import { FlatReader, type FlatTable } from "./flat-reader.js";
import { operatorName, tensorTypeName } from "./names.js";
import { signatureNames } from "./signature.js";

/** Affine quantization as the file has it: int64 zero points, one scale or one per index of `axis`. */
export interface FileQuantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis: number;
}

export interface FileTensor {
  readonly index: number;
  readonly name: string;
  /** Name of the TensorType, for example "INT8". */
  readonly type: string;
  readonly shape: readonly number[];
  /** `shape` with −1 for dynamic dimensions; undefined when the file has none. */
  readonly signature: readonly number[] | undefined;
  readonly quantization: FileQuantization | undefined;
  /** Anything about the tensor that rules out using it, in words. */
  readonly obstacle: string | undefined;
  /** A view of the file; present for constants. */
  readonly data: Uint8Array | undefined;
}

export interface FileOperator {
  readonly index: number;
  /** Name of the BuiltinOperator, or `CUSTOM "name"`. */
  readonly kind: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatTable | undefined;
}

/** The parts of a .tflite file that an importer needs, decoded and checked for structure but not for sense. */
export interface TfliteFile {
  readonly description: string;
  /** How many subgraphs there are; the rest of this describes the first. */
  readonly subgraphs: number;
  readonly tensors: readonly FileTensor[];
  readonly operators: readonly FileOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * Decodes the FlatBuffer. Field numbers are those of TensorFlow's schema.fbs; only the first subgraph is read, the
 * others are bodies of control flow, whose operators are refused by name.
 *
 * @throws QbinFormatError when any offset, length or index leaves the file or its tables
 */
export function readTflite(bytes: Uint8Array, who: string): TfliteFile {
  const reader = new FlatReader(bytes, who);
  const model = reader.root("TFL3");
  const version = model.uint32(0);
  if (version !== 3) throw new QbinFormatError("tflite-version", `${who}: schema version ${version}; only 3 is known`);
  const subgraphs = model.tables(2);
  const graph = subgraphs[0];
  if (graph === undefined) throw new QbinFormatError("tflite-malformed", `${who}: the model has no subgraph`);
  const kinds = model.tables(1).map(operatorKind);
  const buffers = model.tables(4).map((buffer) => bufferData(buffer, bytes, who));

  const ends = new Set([...(graph.int32s(1) ?? []), ...(graph.int32s(2) ?? [])]);
  const names = signatureNames(model);
  const tensors = graph.tables(0).map((table, index) => {
    const tensor = readTensor(table, index, buffers, who);
    return ends.has(index) ? { ...tensor, name: names.get(index) ?? tensor.name } : tensor;
  });
  const operators = graph.tables(3).map((table, index) => readOperator(table, index, kinds, who));
  const file = {
    description: cleanName(model.string(3).replace(/\s+/g, " ").trim()),
    subgraphs: subgraphs.length,
    tensors,
    operators,
    inputs: graph.int32s(1) ?? [],
    outputs: graph.int32s(2) ?? [],
  };
  checkIndices(file, who);
  return file;
}

/** The code moved from a byte to an int32 when 127 operators were reached; the larger of the two is meant. */
function operatorKind(table: FlatTable): string {
  const name = operatorName(Math.max(table.int8(0), table.int32(3)));
  return name === "CUSTOM" ? `CUSTOM "${cleanName(table.string(1))}"` : name;
}

/** Files beyond 2 GB keep data behind the FlatBuffer and say where; `data` is empty then. */
function bufferData(table: FlatTable, file: Uint8Array, who: string): Uint8Array | undefined {
  const offset = table.uint64(1);
  const size = table.uint64(2);
  if (offset <= 1) {
    const data = table.bytes(0);
    return data !== undefined && data.byteLength > 0 ? data : undefined;
  }
  if (offset + size > file.byteLength) {
    const what = `a buffer at byte ${offset} with ${size} bytes reaches outside the file's ${file.byteLength}`;
    throw new QbinFormatError("tflite-malformed", `${who}: ${what}`);
  }
  return file.subarray(offset, offset + size);
}

function readTensor(
  table: FlatTable,
  index: number,
  buffers: readonly (Uint8Array | undefined)[],
  who: string,
): FileTensor {
  const buffer = table.uint32(2);
  if (buffer >= Math.max(buffers.length, 1)) {
    throw new QbinFormatError("tflite-malformed", `${who}: tensor ${index} uses buffer ${buffer} of ${buffers.length}`);
  }
  const quantization = table.table(4);
  return {
    index,
    name: cleanName(table.string(3)) || `tensor_${index}`,
    type: tensorTypeName(table.int8(1)),
    shape: table.int32s(0) ?? [],
    signature: table.int32s(7),
    quantization: readQuantization(quantization),
    obstacle: obstacleOf(table, quantization),
    data: buffers[buffer],
  };
}

function readQuantization(table: FlatTable | undefined): FileQuantization | undefined {
  const scale = table?.float32s(2);
  if (table === undefined || scale === undefined || scale.length === 0) return undefined;
  return { scale, zeroPoint: table.int64s(3) ?? [], axis: table.int32(6) };
}

function obstacleOf(table: FlatTable, quantization: FlatTable | undefined): string | undefined {
  if (table.bool(5)) return "is a variable that keeps its value between runs";
  if (table.table(6) !== undefined) return "is sparse";
  if (table.uint32(10) !== 0) return "keeps its data in another file";
  if ((quantization?.uint8(4) ?? 0) !== 0) return "is quantized in blocks or another custom way";
  return undefined;
}

function readOperator(table: FlatTable, index: number, kinds: readonly string[], who: string): FileOperator {
  const code = table.uint32(0);
  const kind = kinds[code];
  if (kind === undefined) {
    throw new QbinFormatError("tflite-malformed", `${who}: op ${index} has code ${code} of ${kinds.length}`);
  }
  return {
    index,
    kind,
    inputs: table.int32s(1) ?? [],
    outputs: table.int32s(2) ?? [],
    options: table.uint8(3) === 0 ? undefined : table.table(4),
  };
}

/** Every tensor index of the subgraph names a tensor; −1 is allowed where an operator leaves an input out. */
function checkIndices(file: TfliteFile, who: string): void {
  const check = (index: number, lowest: number, where: string) => {
    if (index < lowest || index >= file.tensors.length) {
      throw new QbinFormatError(
        "tflite-malformed",
        `${who}: ${where} is tensor ${index}; there are ${file.tensors.length}`,
      );
    }
  };
  for (const index of file.inputs) check(index, 0, "a model input");
  for (const index of file.outputs) check(index, 0, "a model output");
  for (const operator of file.operators) {
    for (const index of operator.inputs) check(index, -1, `an input of op ${operator.index}`);
    for (const index of operator.outputs) check(index, 0, `an output of op ${operator.index}`);
  }
}
