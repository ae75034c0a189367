import { QbinFormatError, ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { ModelData, Node } from "../../core/model.js";
import { checkShape } from "../../core/shape.js";
import { GraphBuilder } from "../../graph/builder.js";
import { rewrite } from "../../graph/rewrite.js";
import type { NodeNote } from "../common/note.js";
import type { Problems } from "../common/problems.js";
import { renamed } from "../common/renamed.js";
import { cleanName, quote } from "../common/text.js";
import { Budget } from "./budget.js";
import { Call } from "./call.js";
import { converterOf } from "./convert/index.js";
import { Dimensions } from "./dimensions.js";
import type { FileInput, FileNode, OnnxFile } from "./file.js";
import { evaluate, isFoldable } from "./fold/index.js";
import { GraphWriter } from "./graph-writer.js";
import type { ImportOnnxOptions } from "./options.js";
import { constantNodes, executionOrder, label, outputNames } from "./order.js";
import {
  channelsFirst,
  channelsLast,
  declaredQuantization,
  Fusion,
  hidden,
  isAboutQuantized,
  joinDynamic,
  spelledOperators,
  spelledUnit,
  splitWeights,
  Targets,
  type Unit,
  withBytes,
} from "./quantized/index.js";
import { readTensor } from "./tensor-data.js";
import { isByte, Value } from "./value.js";

/** Versions of ONNX's operator set whose definitions the converters follow. */
const OPSETS = { oldest: 7, newest: 28 } as const;

/**
 * Attributes that decide about nothing where a converter does not ask for them. Any other that stays unread is from an
 * operator set to come, or means something that would be ignored.
 */
const IMMATERIAL = new Set(
  (
    "kernel_shape ratio seed storage_order cubic_coeff_a exclude_outside extrapolation_value noop_with_empty_axes " +
    "momentum keep_aspect_ratio_policy saturate round_mode stash_type"
  ).split(" "),
);

/**
 * Walks the file's operators in order: each is evaluated when it depends on nothing but constants and shapes, and
 * otherwise becomes nodes. What is refused is noted in `problems`, and the walk goes on to find the rest.
 */
export class Importer {
  readonly #file: OnnxFile;
  readonly #problems: Problems;
  readonly #options: ImportOnnxOptions;
  readonly #outputs: readonly string[];
  readonly #nodes: readonly FileNode[];
  readonly #inputs: readonly FileInput[];
  readonly #values = new Map<string, Value>();
  /** Values that exist only in operators that were refused. */
  readonly #lost = new Set<string>();
  readonly #read: ReadonlySet<string>;
  readonly #budget: Budget;
  readonly #builder: GraphBuilder;
  readonly #writer: GraphWriter;
  /** Whether some operator is about quantized values. */
  readonly #isQuantized: boolean;
  readonly #constants: ReadonlySet<FileNode>;
  /** Operators made of several of the file's, some of kinds that no file has. */
  readonly #joined: ReadonlySet<FileNode>;
  readonly #targets: Targets;
  readonly #fusion: Fusion;
  readonly #notes: { readonly from: number; readonly to: number; readonly reason: string }[] = [];
  #opset = 0;

  constructor(file: OnnxFile, problems: Problems, options: ImportOnnxOptions, byteLength: number) {
    this.#file = file;
    this.#problems = problems;
    this.#options = options;
    this.#outputs = outputNames(file, options.outputs);
    const nodes = executionOrder(file, this.#outputs);
    this.#isQuantized = nodes.some(isAboutQuantized);
    this.#nodes = this.#isQuantized ? joinDynamic(nodes, this.#outputs) : nodes;
    const own = new Set(nodes);
    this.#joined = new Set(this.#nodes.filter((node) => !own.has(node)));
    // What a scale is has to be known before operators whose inputs or results are quantized with it.
    this.#constants = this.#isQuantized ? constantNodes(this.#nodes, file) : new Set();
    this.#targets = new Targets(this.#isQuantized ? this.#nodes : [], this.#outputs, (name) => this.#value(name));
    this.#fusion = new Fusion(this.#targets);
    this.#read = new Set([...this.#nodes.flatMap((node) => node.inputs), ...this.#outputs]);
    this.#inputs = options.outputs === undefined ? file.inputs : file.inputs.filter(({ name }) => this.#read.has(name));
    this.#budget = new Budget(byteLength);
    const name =
      cleanName(options.name ?? "model")
        .replace(/^.*[\\/]/, "")
        .replace(/\.onnx$/, "") || "model";
    const numerics = this.#isQuantized ? "onnx" : "xnnpack";
    this.#builder = new GraphBuilder({ name, description: file.description, numerics });
    this.#writer = new GraphWriter(this.#builder, this.#budget, options.layout === "nhwc");
  }

  run(): { model: ModelData; notes: readonly NodeNote[] } {
    this.#checkOpset();
    if (this.#file.hasSparse) this.#problems.add("it has sparse initializers");
    if (this.#outputs.length === 0) throw new QbinFormatError("onnx-malformed", "it has no outputs");
    const dimensions = new Dimensions(this.#options, this.#inputs);
    const taken = new Set<number>();
    for (const input of this.#inputs) this.#lost.add(input.name);
    for (const node of this.#constants) this.#convert(node);
    for (const input of this.#inputs) {
      this.#problems.collect("model inputs", () => taken.add(this.#addInput(input, dimensions)));
    }
    for (const node of this.#nodes) if (!this.#constants.has(node)) this.#convert(node);
    this.#problems.check();
    const names = new Map<number, string>();
    for (const name of this.#outputs) {
      const value = this.#value(name);
      checkShape(value.shape, `output ${value.label}`);
      const tensor = this.#writer.output(value, taken);
      taken.add(tensor);
      names.set(tensor, value.name);
    }
    const built = this.#builder.build();
    // Weights that were repacked are read by nobody now.
    const model = rewrite(renamed(built, names), { drop: deadNodes(built) });
    const notes = this.#notes.flatMap(({ from, to, reason }) =>
      built.nodes.slice(from, to).flatMap(({ op, name }) => (CONVERSIONS.has(op) ? [] : [{ node: name, reason }])),
    );
    return { model, notes };
  }

  #checkOpset(): void {
    const opset = this.#file.opsets.get("");
    const { oldest, newest } = OPSETS;
    this.#opset = opset ?? newest;
    if (opset === undefined && this.#nodes.some(({ kind }) => !kind.includes("."))) {
      this.#problems.add("it does not say which version of the operator set it uses");
    } else if (opset !== undefined && (opset < oldest || opset > newest)) {
      this.#problems.add(
        `it uses operator set ${opset}; qbin reads ${oldest} to ${newest}, export it with one of these`,
      );
    }
  }

  #addInput(input: FileInput, dimensions: Dimensions): number {
    if (input.type === "no tensor")
      throw new UnsupportedOpError("input", `${quote(cleanName(input.name))} is no tensor`);
    const quantization = isByte(input.type)
      ? declaredQuantization(input.name, this.#targets, (name) => this.#value(name))
      : undefined;
    const value = new Value(input.name, input.type, dimensions.shapeOf(input), undefined, { quantization });
    const tensor = this.#writer.input(value);
    this.#values.set(input.name, value);
    this.#lost.delete(input.name);
    return tensor;
  }

  #convert(node: FileNode): void {
    const succeeded = this.#problems.collectOperator(label(node), () => this.#import(node));
    if (succeeded) return;
    for (const name of node.outputs) this.#lost.add(name);
  }

  #import(node: FileNode): void {
    if (!this.#joined.has(node)) refuseUnknown(node);
    if (node.inputs.some((name) => this.#lost.has(name))) {
      for (const name of node.outputs) this.#lost.add(name);
      return;
    }
    const given = node.inputs.map((name) => (name === "" ? undefined : this.#value(name)));
    const split = splitWeights(node, given, (type, shape) => this.#writer.allocate(type, shape));
    if (split !== undefined) {
      for (const value of split.values) this.#values.set(value.name, value);
      const from = this.#writer.nodeCount;
      for (const part of split.nodes) this.#import(part);
      this.#notes.push({ from, to: this.#writer.nodeCount, reason: split.note });
      return;
    }
    const inputs = isAboutQuantized(node) || this.#joined.has(node) ? given : withBytes(node, given);
    const outputs = node.outputs.map((name) => name !== "" && this.#read.has(name));
    const unit: Unit = this.#isQuantized ? this.#unitOf(node, inputs) : { node, inputs };
    const before = this.#writer.nodeCount;
    const opset = unit.opset ?? this.#opset;
    const [first, ...rest] = unit.inputs;
    const read = unit.isChannelsLast && first !== undefined ? [channelsFirst(first), ...rest] : unit.inputs;
    const call = new Call(unit.node, read, outputs, opset, this.#writer, unit.target, unit.isDynamic);
    const constants = evaluate(unit.node, unit.inputs, opset, this.#budget);
    if (constants !== undefined) {
      constants.forEach((constant, i) => {
        call.known(constant, i);
      });
    } else {
      const convert = unit.convert ?? converterOf(unit.node.kind);
      if (convert === undefined) {
        throw new UnsupportedOpError("operator", "qbin computes it on constants only, and its inputs are none");
      }
      convert(call);
    }
    if (unit.note !== undefined) this.#notes.push({ from: before, to: this.#writer.nodeCount, reason: unit.note });
    const unread = node.attributes.unread.filter((name) => !IMMATERIAL.has(name));
    if (unread.length > 0) {
      throw new UnsupportedOpError("attribute", `its attribute ${quote(cleanName(unread[0] as string))} is not known`);
    }
    const shown = (value: Value) =>
      unit.isHidden
        ? hidden(value, (shape) => this.#writer.allocate("FLOAT", shape))
        : unit.isChannelsLast
          ? channelsLast(value)
          : value;
    outputs.forEach((isRead, i) => {
      const result = call.results[i];
      if (result !== undefined) this.#values.set(node.outputs[i] as string, shown(result));
      else if (isRead) throw new UnsupportedOpError("output", `its output ${i} is not computed`);
    });
  }

  #unitOf(node: FileNode, inputs: readonly (Value | undefined)[]): Unit {
    return spelledUnit(node, inputs) ?? this.#fusion.unitOf(node, inputs);
  }

  /** A value that is known by now: computed, a model input, or an initializer, which is decoded when first read. */
  #value(name: string): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const tensor = this.#file.initializers.get(name);
    if (tensor === undefined) throw new ShapeError(`${quote(cleanName(name))} is not computed`);
    this.#budget.bytes(8 * tensor.dims.length);
    const constant = readTensor(tensor, this.#options.readExternal);
    const value = new Value(name, constant.type, constant.shape, constant);
    this.#values.set(name, value);
    return value;
  }
}

/** Ops between layouts and types, of which notes say nothing. */
const CONVERSIONS = new Set(["dequantize", "quantize", "requantize", "transpose", "reshape"]);

/** Nodes that no output needs: conversions that nobody asked for in the end. */
function deadNodes({ nodes, outputs }: ModelData): ReadonlySet<Node> {
  const needed = new Set(outputs);
  const dead = new Set<Node>();
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((index) => needed.has(index))) dead.add(node);
    else for (const index of node.inputs) needed.add(index);
  }
  return dead;
}

/** What can be said about an operator without knowing its inputs. */
function refuseUnknown(node: FileNode): void {
  if (node.attributes.hasSubgraph) throw new UnsupportedOpError("subgraph", "it runs graphs of its own");
  if (converterOf(node.kind) !== undefined || isFoldable(node.kind)) return;
  if (spelledOperators().includes(node.kind)) return;
  throw new UnsupportedOpError("operator", "qbin has no such op");
}
