import { ShapeError } from "../../core/errors.js";
import { paddingSchema, strideSchema } from "../../core/geometry.js";
import { activationSchema, defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkConvScales } from "../../core/requantize.js";
import { elementCount, formatShape } from "../../core/shape.js";

/** Outputs are computed in stride × stride interleaved parts, each a convolution of its own. */
const MAX_STRIDE = 64;

/**
 * Input NHWC, weights [outC, kH, kW, inC/groups], bias [outC], output NHWC. Input pixel i reaches the outputs
 * i · stride + k · dilation − padding for every tap k; an output adds what reaches it to its bias. `padding` takes rows
 * and columns away, `outputPadding` adds rows below and columns to the right.
 *
 * `unsigned` as in conv2d; numerics "tflite" always rounds twice. ONNX Runtime has no such operator: its QDQ models run this in
 * float32, and "onnx" is what it would be if it had, with the rule of its other products.
 */
export const transposeConv = defineOp({
  name: "transpose_conv",
  code: 28,
  summary: "Transposed 2-D convolution (deconvolution) with any kernel, stride, dilation, padding and groups",
  inputs: ["input", "weights", "bias?"],
  constantInputs: [1, 2],
  channelAxis: 0,
  outputs: ["output"],
  attributes: {
    stride: { kind: "ints", length: 2, min: 1, max: MAX_STRIDE },
    dilation: strideSchema,
    padding: paddingSchema,
    outputPadding: { kind: "ints", length: 2, min: 0, max: 65535 },
    groups: { kind: "int", min: 1, max: 65535 },
    activation: activationSchema,
    unsigned: unsignedSchema,
  },
  types: ["int8 int8 int32 -> int8", "float32 float32 float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { stride, dilation, padding, outputPadding, groups }) {
    const x = need(inputs, 0).shape;
    const w = need(inputs, 1).shape;
    const bias = inputs[2]?.shape;
    if (x.length !== 4) throw new ShapeError(`transpose_conv: input ${formatShape(x)} must have 4 dimensions, NHWC`);
    if (w.length !== 4) throw new ShapeError(`weights ${formatShape(w)} must be [outC, kH, kW, inC/groups]`);
    const [outC, , , inC] = w as [number, number, number, number];
    if (x[3] !== inC * groups) {
      throw new ShapeError(
        `weights ${formatShape(w)} with ${groups} groups expect ${inC * groups} input channels, input has ${x[3]}`,
      );
    }
    if (outC % groups !== 0) throw new ShapeError(`${outC} output channels do not divide into ${groups} groups`);
    if (bias && (bias.length !== 1 || bias[0] !== outC)) {
      throw new ShapeError(`bias ${formatShape(bias)} must be [${outC}], one value per output channel`);
    }
    const [height, width] = [0, 1].map((i) => {
      const extent = ((w[i + 1] as number) - 1) * (dilation[i] as number) + 1;
      const [before, after] = [padding[i] as number, padding[i + 2] as number];
      if (before >= extent || after >= extent) {
        throw new ShapeError(`transpose_conv: padding ${before} and ${after} take away a kernel of ${extent} and more`);
      }
      const whole = ((x[i + 1] as number) - 1) * (stride[i] as number) + extent;
      const size = whole - before - after + (outputPadding[i] as number);
      if (size < 1) {
        throw new ShapeError(`transpose_conv: padding ${before} and ${after} leave nothing of ${whole} outputs`);
      }
      return size;
    }) as [number, number];
    return [[x[0] as number, height, width, outC]];
  },
  verify(inputs, attributes, outputs, numerics) {
    checkConvScales("transpose_conv", inputs, attributes, outputs, numerics);
  },
  macs(inputs) {
    const [x, w] = [need(inputs, 0).shape, need(inputs, 1).shape];
    return (elementCount(x) / (x[3] as number)) * elementCount(w);
  },
});
