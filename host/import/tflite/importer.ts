import { QbinError, ShapeError, UnsupportedOpError, UsageError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import { GraphBuilder } from "../../graph/builder.js";
import type { NodeNote } from "../common/note.js";
import { cleanName, quote } from "../common/text.js";
import { Call, type CallArithmetic, NO_OPTIONS, nodeName } from "./call.js";
import { converterOf } from "./convert/index.js";
import { type Candidate, type Decision, dataInputs, delegated } from "./delegate.js";
import { describeNode } from "./describe-node.js";
import type { FileOperator, TfliteFile } from "./file.js";
import { evaluate, isFoldable } from "./fold/index.js";
import { GraphWriter } from "./graph-writer.js";
import { liveOperators, outputIndices } from "./live.js";
import { refuseForMicro } from "./micro.js";
import type { ImportTfliteOptions, TfliteNumerics } from "./options.js";
import type { Problems } from "./problems.js";
import { graphType, inputShape, isQuantized, type Value } from "./value.js";

/** Why a node has the numerics it has. */
export interface NodeDecision {
  /** Name of the node in the graph, e.g. "CONV_2D_3". */
  readonly node: string;
  readonly decision: Decision;
}

/**
 * Walks the file's operators in order: each is evaluated when it depends on nothing but constants and shapes, and
 * otherwise becomes nodes. What is refused is noted in `problems`, and the walk goes on to find the rest.
 */
export class Importer {
  readonly #file: TfliteFile;
  readonly #problems: Problems;
  readonly #outputs: readonly number[];
  readonly #operators: readonly FileOperator[];
  readonly #inputs: readonly number[];
  readonly #values = new Map<number, Value>();
  readonly #builder: GraphBuilder;
  readonly #writer: GraphWriter;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #numerics: TfliteNumerics;
  readonly #decisions: NodeDecision[] = [];
  readonly #notes: NodeNote[] = [];
  /** Tensors that exist only in operators that were refused. */
  readonly #lost = new Set<number>();

  constructor(file: TfliteFile, problems: Problems, options: ImportTfliteOptions, byteLength: number) {
    this.#file = file;
    this.#problems = problems;
    this.#outputs = outputIndices(file, options.outputs);
    this.#operators = liveOperators(file, this.#outputs);
    const consumed = new Set(this.#operators.flatMap((operator) => operator.inputs));
    this.#inputs =
      options.outputs === undefined
        ? file.inputs
        : file.inputs.filter((i) => consumed.has(i) || this.#outputs.includes(i));
    this.#shapes = new Map(Object.entries(options.shapes ?? {}));
    for (const given of this.#shapes.keys()) {
      if (!this.#inputs.some((index) => file.tensors[index]?.name === given)) {
        throw new UsageError(`there is no input named ${quote(given)} to give a shape to`);
      }
    }
    const name =
      cleanName(options.name ?? "model")
        .replace(/^.*[\\/]/, "")
        .replace(/\.tflite$/, "") || "model";
    this.#numerics = options.numerics ?? "xnnpack";
    const numerics = this.#numerics === "xnnpack" ? "xnnpack" : "tflite";
    this.#builder = new GraphBuilder({ name, description: file.description, numerics });
    this.#writer = new GraphWriter(this.#builder, this.#values, new Set(this.#outputs), consumed, byteLength);
  }

  run(): { model: ModelData; decisions: readonly NodeDecision[]; notes: readonly NodeNote[] } {
    if (this.#file.subgraphs > 1) {
      this.#problems.add(`it has ${this.#file.subgraphs} subgraphs (control flow or several signatures), not one`);
    }
    for (const tensor of this.#file.tensors) this.#declare(tensor.index);
    this.#inputs.forEach((index, position) => {
      this.#problems.collect(`model input ${position}`, () => this.#addInput(index));
    });
    for (const operator of this.#operators) this.#convert(operator);
    this.#problems.check();
    const taken = new Set(this.#inputs.map((index) => this.#writer.unshifted(index)));
    this.#outputs.forEach((index, position) => {
      taken.add(this.#writer.output(index, position, taken));
    });
    return { model: this.#builder.build(), decisions: this.#decisions, notes: this.#notes };
  }

  /** Constants are known from the start. A vector of no elements has no data in the file and is one too. */
  #declare(index: number): void {
    const { name, type, shape, quantization, data } = this.#file.tensors[index]!;
    if (data === undefined && !(shape.includes(0) && (type === "INT32" || type === "INT64"))) return;
    this.#values.set(index, { name, type, shape, quantization, data: data ?? new Uint8Array(0) });
  }

  #addInput(index: number): void {
    const tensor = this.#file.tensors[index]!;
    this.#refuseObstacle(index);
    if (this.#values.has(index)) {
      throw new ShapeError(`tensor ${quote(tensor.name)} is a constant, or listed twice`);
    }
    const { name, type, quantization } = tensor;
    this.#lost.add(index);
    this.#values.set(index, {
      name,
      type,
      shape: inputShape(tensor, this.#shapes.get(name)),
      quantization,
      data: undefined,
    });
    this.#writer.input(index);
    this.#lost.delete(index);
  }

  #convert(operator: FileOperator): void {
    for (const index of operator.outputs) {
      if (this.#values.has(index)) throw this.#problems.twice(index);
      const { name, type, quantization } = this.#file.tensors[index]!;
      // The shape is the operator's to infer; until then the value must not be read.
      this.#values.set(index, { name, type, shape: [], quantization, data: undefined });
      this.#lost.add(index);
    }
    if (!this.#problems.collectFor(operator, () => this.#import(operator))) this.#standIn(operator);
  }

  #import(operator: FileOperator): void {
    this.#refuseUnknown(operator);
    if (operator.inputs.some((index) => this.#lost.has(index))) return;
    const inputs = operator.inputs.map((index) => (index === -1 ? undefined : this.#read(index)));
    const outputs = operator.outputs.map((index) => this.#values.get(index)!);
    if (!this.#fold(operator, inputs, outputs)) this.#emit(operator, inputs, outputs);
    for (const index of operator.outputs) this.#lost.delete(index);
  }

  /** Lets the operators behind a refused one see its outputs as the file describes them, where that is plausible. */
  #standIn(operator: FileOperator): void {
    for (const index of operator.outputs) {
      const tensor = this.#file.tensors[index]!;
      if (tensor.shape.length === 0 || tensor.obstacle !== undefined) continue;
      try {
        this.#values.set(index, { ...this.#values.get(index)!, shape: inputShape(tensor) });
        this.#writer.placeholder(index);
        this.#lost.delete(index);
      } catch (error) {
        if (!(error instanceof QbinError)) throw error;
      }
    }
  }

  /** What can be said about an operator without knowing its inputs' shapes. */
  #refuseUnknown(operator: FileOperator): void {
    if (converterOf(operator.kind) === undefined && !isFoldable(operator.kind)) {
      throw new UnsupportedOpError("operator", "qbin has no such op");
    }
    for (const index of [...operator.inputs, ...operator.outputs]) if (index !== -1) this.#refuseObstacle(index);
    if (isFoldable(operator.kind)) return;
    for (const index of operator.outputs) graphType(this.#file.tensors[index]!);
  }

  #refuseObstacle(index: number): void {
    const { name, obstacle } = this.#file.tensors[index]!;
    if (obstacle !== undefined) throw new UnsupportedOpError("tensor", `tensor ${quote(name)} ${obstacle}`);
  }

  #read(index: number): Value {
    const value = this.#values.get(index);
    if (value === undefined) throw this.#problems.unmade(index);
    return value;
  }

  #fold(operator: FileOperator, inputs: readonly (Value | undefined)[], outputs: readonly Value[]): boolean {
    const constants = evaluate(operator, inputs, outputs, (bytes) => this.#writer.spend(bytes));
    if (constants === undefined) return false;
    constants.forEach((constant, i) => {
      const output = outputs[i];
      const index = operator.outputs[i];
      if (output === undefined || index === undefined) return;
      if (output.type !== constant.type) {
        throw new UnsupportedOpError("types", `it yields ${constant.type}, the file says ${output.type}`);
      }
      const stored = operator.kind === "DEQUANTIZE" ? inputs[0] : undefined;
      this.#values.set(index, { ...output, shape: constant.shape, data: constant.data, ...(stored && { stored }) });
    });
    if (constants.length < operator.outputs.length) throw new ShapeError("it has more outputs than results");
    return true;
  }

  #emit(operator: FileOperator, inputs: readonly (Value | undefined)[], outputs: readonly Value[]): void {
    const convert = converterOf(operator.kind);
    if (convert === undefined) {
      throw new UnsupportedOpError("operator", "qbin computes it on constants only, and its inputs are none");
    }
    for (const input of inputs) this.#writer.spend(8 * (input?.quantization?.scale.length ?? 0));
    const candidate = candidateOf(operator, inputs, outputs);
    requireOneType(candidate);
    if (this.#numerics === "tflite-micro") refuseForMicro(candidate);
    convert(new Call(operator, inputs, outputs, this.#arithmetic(operator, candidate), this.#writer));
  }

  /** In "xnnpack" the delegate decides, operator by operator; TFLite's other kernels are asked for by name. */
  #arithmetic(operator: FileOperator, candidate: Candidate): CallArithmetic {
    const unsigned = candidate.outputs[0]?.type === "UINT8";
    const node = nodeName(operator);
    if (this.#numerics !== "xnnpack") {
      this.#notes.push({ node, reason: describeNode(candidate, this.#numerics) });
      return { numerics: "tflite", unsigned, kernels: this.#numerics === "tflite" ? "reference" : "micro" };
    }
    const decision = delegated(candidate);
    this.#decisions.push({ node, decision });
    this.#notes.push({ node, reason: describeNode(candidate, decision) });
    return { numerics: decision.delegated ? "xnnpack" : "tflite", unsigned, kernels: undefined };
  }
}

function candidateOf(
  operator: FileOperator,
  inputs: readonly (Value | undefined)[],
  outputs: readonly Value[],
): Candidate {
  const candidate = { kind: operator.kind, inputs, outputs };
  const options = operator.options ?? NO_OPTIONS;
  if (operator.kind === "LEAKY_RELU") return { ...candidate, alpha: options.float32(0) };
  if (operator.kind !== "TRANSPOSE_CONV" || options.int8(0) !== 0) return candidate;
  return { ...candidate, sameStride: [options.int32(2), options.int32(1)] };
}

/** int8 and uint8 tensors look alike once shifted, so an operator that mixes them must be refused before that. */
function requireOneType(candidate: Candidate): void {
  if (["QUANTIZE", "DEQUANTIZE", "ARG_MAX", "CAST"].includes(candidate.kind)) return;
  const types = new Set([...dataInputs(candidate), ...candidate.outputs].map((value) => value.type));
  if (types.size > 1 && [...types].some((type) => isQuantized({ type }))) {
    throw new UnsupportedOpError("types", `it mixes ${[...types].join(" and ")}`);
  }
}
