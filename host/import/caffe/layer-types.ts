/** V1LayerParameter.LayerType: the names that types had before they became text. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  ABSVAL: "AbsVal",
  ACCURACY: "Accuracy",
  ARGMAX: "ArgMax",
  BNLL: "BNLL",
  CONCAT: "Concat",
  CONTRASTIVE_LOSS: "ContrastiveLoss",
  CONVOLUTION: "Convolution",
  DATA: "Data",
  DECONVOLUTION: "Deconvolution",
  DROPOUT: "Dropout",
  DUMMY_DATA: "DummyData",
  ELTWISE: "Eltwise",
  EUCLIDEAN_LOSS: "EuclideanLoss",
  EXP: "Exp",
  FLATTEN: "Flatten",
  HDF5_DATA: "HDF5Data",
  HDF5_OUTPUT: "HDF5Output",
  HINGE_LOSS: "HingeLoss",
  IM2COL: "Im2col",
  IMAGE_DATA: "ImageData",
  INFOGAIN_LOSS: "InfogainLoss",
  INNER_PRODUCT: "InnerProduct",
  LRN: "LRN",
  MEMORY_DATA: "MemoryData",
  MULTINOMIAL_LOGISTIC_LOSS: "MultinomialLogisticLoss",
  MVN: "MVN",
  POOLING: "Pooling",
  POWER: "Power",
  RELU: "ReLU",
  SIGMOID: "Sigmoid",
  SIGMOID_CROSS_ENTROPY_LOSS: "SigmoidCrossEntropyLoss",
  SILENCE: "Silence",
  SLICE: "Slice",
  SOFTMAX: "Softmax",
  SOFTMAX_LOSS: "SoftmaxWithLoss",
  SPLIT: "Split",
  TANH: "TanH",
  THRESHOLD: "Threshold",
  WINDOW_DATA: "WindowData",
};

/** The type as newer files call it. */
export function modernType(type: string): string {
  return Object.hasOwn(OLD_NAMES, type) ? (OLD_NAMES[type] as string) : type;
}

/** Layers that read data from somewhere: their results are what the caller of the network gives it. */
export const SOURCES: ReadonlySet<string> = new Set(
  "Input Data ImageData HDF5Data MemoryData WindowData DummyData AnnotatedData".split(" "),
);

/** Layers that measure training; nothing that a network computes for its user depends on them. */
export const MEASURES: ReadonlySet<string> = new Set(
  (
    "Accuracy ContrastiveLoss EuclideanLoss HDF5Output HingeLoss InfogainLoss MultinomialLogisticLoss " +
    "SigmoidCrossEntropyLoss SoftmaxWithLoss"
  ).split(" "),
);
