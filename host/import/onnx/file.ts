import { QbinFormatError } from "../../core/errors.js";
import { cleanName, quote } from "../common/text.js";
import { decodeFile } from "../protobuf/message.js";
import { NodeAttributes } from "./attributes.js";
import { typeName } from "./constant.js";
import { MODEL, type NodeMessage, type TensorMessage, type ValueInfoMessage } from "./schema.js";
import type { ReadExternal } from "./tensor-data.js";

/** An operator of the file. */
export interface FileNode {
  readonly index: number;
  /** Operator type; those of other domains than ONNX's with the domain in front, `com.microsoft.QLinearAdd`. */
  readonly kind: string;
  readonly name: string;
  /** Names of values; "" where an optional one is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: NodeAttributes;
}

/** A dimension the file gives a number, a name, or neither. */
export type FileDimension = number | string | undefined;

export interface FileInput {
  readonly name: string;
  readonly type: string;
  /** undefined when the file says nothing about the shape. */
  readonly dimensions: readonly FileDimension[] | undefined;
}

/** The parts of a .onnx file that an importer needs, decoded and checked for structure but not for sense. */
export interface OnnxFile {
  readonly description: string;
  readonly producer: string;
  /** Operator set per domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly FileNode[];
  readonly initializers: ReadonlyMap<string, TensorMessage>;
  /** Model inputs that no initializer gives a value. */
  readonly inputs: readonly FileInput[];
  readonly outputs: readonly string[];
  readonly hasSparse: boolean;
}

/** ONNX's own domain goes by two names. */
const OWN_DOMAINS = ["", "ai.onnx"];

/**
 * Decodes a .onnx file.
 *
 * @throws QbinFormatError when it is not one, is cut short, or names something twice
 */
export function readOnnx(bytes: Uint8Array, external: ReadExternal | undefined): OnnxFile {
  const { graph, opsets, producerName } = decodeFile(MODEL, bytes);
  if (graph === undefined) throw malformed("it has no graph; it is not an ONNX model or it is cut short");
  const initializers = new Map<string, TensorMessage>();
  for (const tensor of graph.initializers) {
    if (initializers.has(tensor.name)) throw malformed(`two initializers are named ${shown(tensor.name)}`);
    initializers.set(tensor.name, tensor);
  }
  const inputs = graph.inputs.filter(({ name }) => !initializers.has(name)).map(readInput);
  requireDistinct("inputs", inputs);
  requireDistinct("outputs", graph.outputs);
  return {
    description: cleanName(graph.docString),
    producer: cleanName(producerName),
    opsets: new Map(opsets.map(({ domain, version }) => [OWN_DOMAINS.includes(domain) ? "" : domain, version ?? 0])),
    nodes: graph.nodes.map((node, index) => readNode(node, index, external)),
    initializers,
    inputs,
    outputs: graph.outputs.map(({ name }) => name),
    hasSparse: graph.sparseInitializers !== undefined,
  };
}

function readNode(node: NodeMessage, index: number, external: ReadExternal | undefined): FileNode {
  const { name, inputs, outputs, domain, opType, attributes } = node;
  const kind = cleanName(OWN_DOMAINS.includes(domain) ? opType : `${domain}.${opType}`);
  return { index, kind, name: cleanName(name), inputs, outputs, attributes: new NodeAttributes(attributes, external) };
}

function readInput({ name, type }: ValueInfoMessage): FileInput {
  const tensor = type?.tensor;
  const dimensions = tensor?.shape?.dimensions.map(({ value, parameter }) =>
    value !== undefined && value > 0 ? value : parameter === "" ? undefined : parameter,
  );
  return { name, type: tensor === undefined ? "no tensor" : typeName(tensor.elementType), dimensions };
}

function requireDistinct(what: string, items: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (seen.has(name)) throw malformed(`two model ${what} are named ${shown(name)}`);
    seen.add(name);
  }
}

function shown(name: string): string {
  return quote(cleanName(name));
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("onnx-malformed", message);
}
