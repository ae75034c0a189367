/** The float models accuracy is measured on, what they are calibrated with and what they are tested on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";

const SHARED = join(root, "../shared");
const RECORD = 1 + 32 * 32 * 3;
/** The depthwise network was trained on the images before this one (train.py). */
const FIRST_UNSEEN = 3000;
const DEPTHWISE = "test/models/accuracy/depthwise_cifar10.onnx";

/** @typedef {{ name: string, graph: object, calibration: () => Iterable<object>, test: () => Iterable<object>, images: number }} Subject */

/** @returns {Record<string, () => Subject>} */
export function subjects({ importModel, prepare }) {
  if (!existsSync(SHARED)) throw new Error("accuracy is measured on ../shared/data, and that is not there");
  const subject = (name, graph, first) => ({
    name,
    graph,
    calibration: () => images("cifar10-calibration", 0),
    test: () => images("cifar10-test", first),
    images: 5000 - first,
  });
  return {
    resnet8: () => {
      const { model } = importModel(readFileSync(join(SHARED, "models/resnet8_fp32.tflite")), { name: "resnet8_fp32" });
      return subject("resnet8_fp32", prepare(model), 0);
    },
    depthwise: () => {
      const options = { name: "depthwise_cifar10", layout: "nhwc" };
      const { model } = importModel(readFileSync(join(root, DEPTHWISE)), options);
      const pixels = { mean: [127.5], scale: [1 / 127.5], channelOrder: "rgb", layout: "nhwc" };
      return subject("depthwise_cifar10", { ...prepare(model), preprocessing: [pixels] }, FIRST_UNSEEN);
    },
  };
}

/** One label byte and 32 x 32 x 3 pixels each. */
function* images(name, first) {
  const data = readFileSync(join(SHARED, `data/${name}.bin`));
  for (let at = first * RECORD; at < data.length; at += RECORD) {
    yield { inputs: new Uint8Array(data.subarray(at + 1, at + RECORD)), label: data[at] };
  }
}
