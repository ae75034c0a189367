import { referenceSum } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { add } from "./op.js";

/** (12) in "xnnpack", (13) in "tflite", (102) in "onnx"; float32: (46). */
export const referenceAdd: Reference<AttributesOf<typeof add>> = (call) => referenceSum("add", 1, call);
