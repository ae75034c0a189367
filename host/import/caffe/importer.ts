import { QbinFormatError, ShapeError, UnsupportedOpError, UsageError } from "../../core/errors.js";
import type { ModelData, Preprocessing } from "../../core/model.js";
import { checkShape, formatShape, type Shape } from "../../core/shape.js";
import { GraphBuilder } from "../../graph/builder.js";
import { rewrite } from "../../graph/rewrite.js";
import type { NodeNote } from "../common/note.js";
import type { Problems } from "../common/problems.js";
import { renamed } from "../common/renamed.js";
import { cleanName, quote } from "../common/text.js";
import { Call } from "./call.js";
import { converterOf } from "./convert/index.js";
import { type CaffeFile, type FileInput, type FileLayer, label, type Weights } from "./file.js";
import { GraphWriter, NUMERICS } from "./graph-writer.js";
import { MEASURES } from "./layer-types.js";
import { liveLayers, rectifiedLayers } from "./live.js";
import type { ImportCaffeOptions } from "./options.js";
import { gridsOf, trimmed } from "./ristretto.js";
import type { Value } from "./value.js";

/** Names of blobs that are one piece of memory in Caffe: what is written to one is read from all. */
type Storage = Set<string>;

/** What layers do to blobs under all their names; many names of one blob could make that a multiple of the file. */
const MAX_TRIMS = 2 ** 16;

/** Walks the layers in order; what is refused is noted in `problems`, and the walk goes on to find the rest. */
export class Importer {
  readonly #file: CaffeFile;
  readonly #weights: Weights;
  readonly #problems: Problems;
  readonly #options: ImportCaffeOptions;
  readonly #values = new Map<string, Value>();
  readonly #storages = new Map<string, Storage>();
  /** Blobs that exist only in layers that were refused. */
  readonly #lost = new Set<string>();
  readonly #builder: GraphBuilder;
  readonly #writer: GraphWriter;
  #trims = 0;
  readonly notes: NodeNote[] = [];
  readonly warnings: string[] = [];

  constructor(file: CaffeFile, weights: Weights, problems: Problems, options: ImportCaffeOptions) {
    this.#file = file;
    this.#weights = weights;
    this.#problems = problems;
    this.#options = options;
    const base = cleanName(options.name ?? "net").replace(/^.*[\\/]/, "");
    const name = base.replace(/\.(prototxt|txt)$/, "") || "net";
    this.#builder = new GraphBuilder({ name, description: file.name, numerics: NUMERICS });
    this.#writer = new GraphWriter(this.#builder, options.layout === "nhwc", options.ties ?? "even");
  }

  run(): ModelData {
    const layers = this.#file.layers.filter(({ type }) => !MEASURES.has(type));
    const { live, outputs } = liveLayers(layers, this.#file.inputs, this.#options.outputs);
    const read = new Set([...live.flatMap(({ bottoms }) => bottoms), ...outputs]);
    const inputs = this.#file.inputs.filter(({ name }) => read.has(name));
    this.#checkShapes(inputs);
    requireDistinct(inputs, live);
    for (const input of inputs) {
      this.#lost.add(input.name);
      this.#problems.collect("model inputs", () => this.#addInput(input));
    }
    const rectified = rectifiedLayers({ live, outputs });
    for (const layer of live) {
      const convert = () => this.#convert(layer, rectified.has(layer));
      const succeeded = this.#problems.collectOperator(label(layer), convert);
      if (!succeeded) for (const name of layer.tops) this.#lost.add(name);
    }
    this.#problems.check();
    const taken = new Set(inputs.map(({ name }) => this.#values.get(name)?.forms[0]?.tensor as number));
    const names = new Map<number, string>();
    for (const name of outputs) {
      const value = this.#values.get(name);
      if (value === undefined) throw malformed(`nothing computes the output ${quote(cleanName(name))}`);
      checkShape(value.shape, `output ${value.label}`);
      const tensor = this.#writer.output(value, taken);
      taken.add(tensor);
      names.set(tensor, cleanName(name));
    }
    // What was trimmed for layers that are not there is read by nobody.
    return rewrite(renamed(this.#builder.build(), names), {});
  }

  /** Shapes from the caller are for inputs that are there. */
  #checkShapes(inputs: readonly FileInput[]): void {
    for (const name of Object.keys(this.#options.shapes ?? {})) {
      if (inputs.some((input) => input.name === name)) continue;
      throw new UsageError(`there is no input named ${quote(cleanName(name))} to give a shape to`);
    }
  }

  #addInput({ name, shape: own, transform }: FileInput): void {
    const who = `input ${quote(cleanName(name))}`;
    const shapes = this.#options.shapes ?? {};
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : own;
    if (shape === undefined) throw new ShapeError(`${who} has no shape in the file; give one with --shape`);
    checkShape(shape, who);
    if (transform?.meanFile !== undefined) {
      this.warnings.push(
        `${who}: the mean in ${quote(cleanName(transform.meanFile))} is not read; give it with --mean`,
      );
    }
    const value = this.#writer.input(cleanName(name), shape, preprocessingOf(shape, transform));
    this.#set(name, value, new Set());
    this.#lost.delete(name);
  }

  #convert(layer: FileLayer, isRectified: boolean): void {
    const convert = converterOf(layer.type);
    if (convert === undefined) throw new UnsupportedOpError("layer", "qbin has no such layer");
    if (layer.bottoms.some((name) => this.#lost.has(name))) {
      for (const name of layer.tops) this.#lost.add(name);
      return;
    }
    const values = layer.bottoms.map((name) => this.#read(name, layer));
    const call = new Call(layer, values, this.#weights, this.#writer, this.notes, isRectified);
    convert(call, gridsOf(layer));
    layer.tops.forEach((name, i) => {
      const result = call.results[i];
      if (result === undefined) throw new UnsupportedOpError("top", `its top ${i} is not computed`);
      const shared = call.sharesMemory ? this.#storages.get(layer.bottoms[0] as string) : undefined;
      this.#set(name, result, shared ?? new Set());
    });
  }

  #set(name: string, value: Value, storage: Storage): void {
    this.#values.set(name, value);
    if (this.#storages.get(name) === storage) return;
    this.#storages.get(name)?.delete(name);
    this.#storages.set(name, storage.add(name));
  }

  /** A bottom. Ristretto's layers trim theirs where it lies, so that layers after them read trimmed numbers too. */
  #read(name: string, layer: FileLayer): Value {
    const value = this.#values.get(name);
    if (value === undefined) throw malformed(`${label(layer)} reads ${quote(cleanName(name))}, which nothing computes`);
    const grid = gridsOf(layer)?.input;
    if (grid === undefined) return value;
    const done = new Map<Value, Value>();
    for (const other of this.#storages.get(name) as Storage) {
      const before = this.#values.get(other) as Value;
      const after = done.get(before) ?? trimmed(this.#writer, before, grid);
      if (++this.#trims > MAX_TRIMS) throw malformed(`it trims blobs more than ${MAX_TRIMS} times`);
      done.set(before, after);
      this.#values.set(other, after);
    }
    return this.#values.get(name) as Value;
  }
}

function requireDistinct(inputs: readonly FileInput[], layers: readonly FileLayer[]): void {
  const blobs = new Set<string>();
  for (const { name } of inputs) {
    if (blobs.has(name)) throw malformed(`two inputs are named ${quote(cleanName(name))}`);
    blobs.add(name);
  }
  // Weights go by names; two layers of one name would both take the same.
  const names = new Set<string>();
  for (const layer of layers) {
    if (layer.name !== "" && names.has(layer.name)) throw malformed(`two layers are named ${quote(layer.name)}`);
    names.add(layer.name);
  }
}

/** Caffe's pictures have 0 to 255 and blue first; a mean and a factor are known where a layer reads data. */
function preprocessingOf(shape: Shape, transform: FileInput["transform"]): Omit<Preprocessing, "layout"> | undefined {
  const channels = shape[1];
  if (shape.length !== 4 || (channels !== 1 && channels !== 3)) return undefined;
  const { scale = 1, meanValue = [] } = transform ?? {};
  const mean = meanValue.length === 0 ? [0] : meanValue;
  if (mean.length !== 1 && mean.length !== channels) {
    throw new ShapeError(`${mean.length} values of mean_value do not fit a picture ${formatShape(shape)}`);
  }
  return { mean, scale: [scale], channelOrder: channels === 1 ? "gray" : "bgr" };
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("caffe-malformed", message);
}
