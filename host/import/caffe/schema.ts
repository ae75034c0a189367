import {
  fixed,
  integer as int,
  integers as ints,
  message as part,
  messages as parts,
  text,
} from "../protobuf/message.js";
import {
  choice,
  flag,
  float,
  floats,
  integer,
  integers,
  message,
  messages,
  skipped,
  string,
  strings,
  type TextMessage,
  wordOrString,
} from "../protobuf/text.js";

/**
 * caffe.proto as far as inference needs it: a network as it stands in a .prototxt, by names, and the weights in a
 * .caffemodel, by field numbers. Caffe takes the network from the first and nothing but weights from the second.
 * `skipped` fields decide nothing outside of training.
 */

const SHAPE = { dim: integers() };
const RULE = {
  phase: choice("TRAIN", "TEST"),
  minLevel: integer(),
  maxLevel: integer(),
  stage: strings(),
  notStage: strings(),
};

/** pad, kernel_size and stride are given once, once per axis, or as height and width. */
const WINDOW = {
  padH: integer(),
  padW: integer(),
  kernelH: integer(),
  kernelW: integer(),
  strideH: integer(),
  strideW: integer(),
  engine: skipped(),
};
const CONVOLUTION = {
  ...WINDOW,
  numOutput: integer(),
  biasTerm: flag(),
  pad: integers(),
  kernelSize: integers(),
  stride: integers(),
  dilation: integers(),
  group: integer(),
  axis: integer(),
  weightFiller: skipped(),
  biasFiller: skipped(),
  forceNdIm2col: skipped(),
};
const POOLING = {
  ...WINDOW,
  pool: choice("MAX", "AVE", "STOCHASTIC"),
  pad: integer(),
  kernelSize: integer(),
  stride: integer(),
  globalPooling: flag(),
  roundMode: choice("CEIL", "FLOOR"),
  ceilMode: flag(),
};
const INNER_PRODUCT = {
  numOutput: integer(),
  biasTerm: flag(),
  axis: integer(),
  transpose: flag(),
  weightFiller: skipped(),
  biasFiller: skipped(),
};
const LRN = {
  localSize: integer(),
  alpha: float(),
  beta: float(),
  normRegion: choice("ACROSS_CHANNELS", "WITHIN_CHANNEL"),
  k: float(),
  engine: skipped(),
};
const AFFINE = {
  axis: integer(),
  numAxes: integer(),
  filler: skipped(),
  biasTerm: flag(),
  biasFiller: skipped(),
};
const EXPONENTIAL = { base: float(), scale: float(), shift: float() };
const ENGINE = { engine: skipped() };
const QUANTIZATION = {
  precision: choice("DYNAMIC_FIXED_POINT", "MINIFLOAT", "INTEGER_POWER_OF_2_WEIGHTS"),
  roundingScheme: choice("NEAREST", "STOCHASTIC"),
  bwLayerIn: integer(),
  bwLayerOut: integer(),
  bwParams: integer(),
  flLayerIn: integer(),
  flLayerOut: integer(),
  flParams: integer(),
  mantBits: skipped(),
  expBits: skipped(),
  expMin: skipped(),
  expMax: skipped(),
};
const TRANSFORM = {
  scale: float(),
  meanFile: string(),
  meanValue: floats(),
  forceColor: flag(),
  forceGray: flag(),
};

const LAYER = {
  name: string(),
  type: wordOrString(),
  bottom: strings(),
  top: strings(),
  phase: choice("TRAIN", "TEST"),
  include: messages(RULE),
  exclude: messages(RULE),
  transformParam: message(TRANSFORM),
  batchNormParam: message({ useGlobalStats: flag(), movingAverageFraction: skipped(), eps: float() }),
  biasParam: message(AFFINE),
  clipParam: message({ min: float(), max: float() }),
  concatParam: message({ axis: integer(), concatDim: integer() }),
  convolutionParam: message(CONVOLUTION),
  cropParam: message({ axis: integer(), offset: integers() }),
  eltwiseParam: message({ operation: choice("PROD", "SUM", "MAX"), coeff: floats(), stableProdGrad: skipped() }),
  eluParam: message({ alpha: float() }),
  expParam: message(EXPONENTIAL),
  flattenParam: message({ axis: integer(), endAxis: integer() }),
  innerProductParam: message(INNER_PRODUCT),
  inputParam: message({ shape: messages(SHAPE) }),
  logParam: message(EXPONENTIAL),
  lrnParam: message(LRN),
  permuteParam: message({ order: integers() }),
  poolingParam: message(POOLING),
  powerParam: message({ power: float(), scale: float(), shift: float() }),
  preluParam: message({ filler: skipped(), channelShared: flag() }),
  quantizationParam: message(QUANTIZATION),
  reluParam: message({ negativeSlope: float(), engine: skipped() }),
  reshapeParam: message({ shape: message(SHAPE), axis: integer(), numAxes: integer() }),
  scaleParam: message(AFFINE),
  sigmoidParam: message(ENGINE),
  sliceParam: message({ axis: integer(), sliceDim: integer(), slicePoint: integers() }),
  softmaxParam: message({ axis: integer(), engine: skipped() }),
  tanhParam: message(ENGINE),
};

export const NET = {
  name: string(),
  input: strings(),
  inputShape: messages(SHAPE),
  inputDim: integers(),
  layer: messages(LAYER),
  layers: messages(LAYER),
};

export type NetMessage = TextMessage<typeof NET>;
export type LayerMessage = TextMessage<typeof LAYER>;
export type RuleMessage = TextMessage<typeof RULE>;
export type Parameters = { [K in keyof LayerMessage as K extends `${string}Param` ? K : never]: LayerMessage[K] };

const BLOB = {
  num: int(1),
  channels: int(2),
  height: int(3),
  width: int(4),
  data: fixed(5, 4),
  shape: part(7, { dim: ints(1) }),
  doubleData: fixed(8, 8),
};

/** The same layer in three generations of files. */
export const WEIGHTS = {
  layer: parts(100, { name: text(1), blobs: parts(7, BLOB) }),
  layers: parts(2, {
    name: text(4),
    blobs: parts(6, BLOB),
    oldest: part(1, { name: text(1), blobs: parts(50, BLOB) }),
  }),
};

export type BlobMessage = ReturnType<(typeof WEIGHTS)["layer"]["initial"]>[number]["blobs"][number];
