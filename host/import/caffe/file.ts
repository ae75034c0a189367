import { QbinError, QbinFormatError, UnsupportedOpError } from "../../core/errors.js";
import { cleanName, quote } from "../common/text.js";
import { decodeFile } from "../protobuf/message.js";
import { parseText } from "../protobuf/text.js";
import { modernType, SOURCES } from "./layer-types.js";
import { type BlobMessage, type LayerMessage, NET, type NetMessage, type RuleMessage, WEIGHTS } from "./schema.js";

/** A layer of the network that is used for testing; in-place layers have a blob among both bottoms and tops. */
export interface FileLayer {
  readonly index: number;
  readonly type: string;
  readonly name: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  readonly message: LayerMessage;
}

export interface FileInput {
  readonly name: string;
  /** undefined when the file leaves it to whoever runs the network. */
  readonly shape: readonly number[] | undefined;
  /** What the layer that reads data does to pictures. */
  readonly transform: LayerMessage["transformParam"] | undefined;
}

/** A network, checked for structure but not for sense. */
export interface CaffeFile {
  readonly name: string;
  readonly inputs: readonly FileInput[];
  /** In the order of execution, which in Caffe is that of the file. */
  readonly layers: readonly FileLayer[];
}

/** Whether bytes begin as a .prototxt does: fields of a network, after comments if there are any. */
export function isPrototxt(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, 65536));
  return /^\uFEFF?(?:\s|#.*)*(?:name|input|input_dim|input_shape|layers?|state|force_backward|debug_info)\s*[:{]/.test(
    text,
  );
}

/** Whether bytes begin as a .caffemodel does: a network's name, or its first layer, as protobuf fields. */
export function isCaffemodel(bytes: Uint8Array): boolean {
  return bytes[0] === 0x0a || bytes[0] === 0x12 || (bytes[0] === 0xa2 && bytes[1] === 0x06);
}

/** Parses a .prototxt. Throws a QbinFormatError when it is not one. */
export function readNet(bytes: Uint8Array): CaffeFile {
  const net = parseText(NET, decodeText(bytes));
  if (net.layer.length > 0 && net.layers.length > 0) {
    throw malformed(`it has both "layer" and "layers", fields of two versions of the format`);
  }
  const messages = net.layer.length > 0 ? net.layer : net.layers;
  if (messages.length === 0) throw malformed("it has no layers");
  const oldest = messages.find(({ unknown }) => unknown.includes("layer"));
  if (oldest !== undefined) {
    throw new UnsupportedOpError(
      "caffe-version",
      "its layers are in the first version of the format, layers { layer { … } }; Caffe's upgrade_net_proto_text rewrites it",
    );
  }
  const used = messages.map(fileLayer).filter(({ message }) => isUsed(message));
  return {
    name: cleanName(net.name ?? ""),
    inputs: [...declaredInputs(net), ...used.filter(({ type }) => SOURCES.has(type)).flatMap(sourceInputs)],
    layers: used.filter(({ type }) => !SOURCES.has(type)),
  };
}

/** A layer's weights by the layer's name. */
export type Weights = ReadonlyMap<string, readonly BlobMessage[]>;

/** Decodes a .caffemodel. Throws a QbinFormatError when it is not one. */
export function readWeights(bytes: Uint8Array, who: string): Weights {
  try {
    const { layer, layers } = decodeFile(WEIGHTS, bytes);
    const old = layers.map(({ name, blobs, oldest }) =>
      oldest === undefined ? { name, blobs } : { name: oldest.name, blobs: oldest.blobs },
    );
    const all = [...layer, ...old];
    if (all.length === 0) throw malformed("it has no layers; it is no .caffemodel or it is cut short");
    // Where a name occurs twice, as the phases of a layer may, what has weights counts.
    return new Map(all.filter(({ blobs }) => blobs.length > 0).map(({ name, blobs }) => [name, blobs]));
  } catch (error) {
    if (error instanceof QbinError) throw new QbinFormatError(error.code, `${who}: ${error.message}`);
    throw error;
  }
}

/** `Convolution (layer 3, "conv1")`, the way a layer is named in every message. */
export function label({ type, index, name }: FileLayer): string {
  return `${cleanName(type)} (layer ${index}, ${quote(name)})`;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("it is not text in UTF-8; is it the .caffemodel?");
  }
}

function fileLayer(message: LayerMessage, index: number): FileLayer {
  const { name = "", type = "", bottom, top } = message;
  return { index, type: modernType(type), name: cleanName(name), bottoms: bottom, tops: top, message };
}

/** The rules of Caffe's filter for the state every network is run in: phase TEST, level 0, no stages. */
function isUsed({ include, exclude, phase }: LayerMessage): boolean {
  if (phase === "TRAIN") return false;
  return include.length > 0 ? include.some(holds) : !exclude.some(holds);
}

function holds({ phase, minLevel, maxLevel, stage }: RuleMessage): boolean {
  return phase !== "TRAIN" && (minLevel ?? 0) <= 0 && (maxLevel ?? 0) >= 0 && stage.length === 0;
}

/** `input`, with a shape each, as messages or as four numbers. */
function declaredInputs({ input, inputShape, inputDim }: NetMessage): FileInput[] {
  if (inputDim.length > 0 && (inputShape.length > 0 || inputDim.length !== 4 * input.length)) {
    throw malformed(`it has ${input.length} inputs and ${inputDim.length} numbers in input_dim; it must have 4 each`);
  }
  if (inputShape.length > 0 && inputShape.length !== input.length) {
    throw malformed(`it has ${input.length} inputs and ${inputShape.length} of input_shape; it must have one each`);
  }
  return input.map((name, i) => {
    const four = inputDim.length > 0 ? inputDim.slice(4 * i, 4 * i + 4) : undefined;
    return { name, shape: inputShape[i]?.dim ?? four, transform: undefined };
  });
}

/** An Input layer has one shape for all its results, or one each. Other sources know no shape. */
function sourceInputs({ type, name, tops, message }: FileLayer): FileInput[] {
  const shapes = type === "Input" ? message.inputParam.shape.map(({ dim }) => dim) : [];
  if (shapes.length > 1 && shapes.length !== tops.length) {
    throw malformed(`input layer ${quote(name)} has ${tops.length} results and ${shapes.length} shapes`);
  }
  const transform = type === "Input" ? undefined : message.transformParam;
  return tops.map((top, i) => ({ name: top, shape: shapes.length === 1 ? shapes[0] : shapes[i], transform }));
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("caffe-malformed", message);
}
