import { referenceSum } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { sub } from "./op.js";

/** (12) in "xnnpack", (13) in "tflite", (104) in "onnx"; float32: (46). */
export const referenceSub: Reference<AttributesOf<typeof sub>> = (call) => referenceSum("sub", -1, call);
