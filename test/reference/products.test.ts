import { describe, expect, test } from "vitest";
import { referenceConv2d } from "../../host/ops/conv2d/reference.js";
import { referenceDepthwiseConv2d } from "../../host/ops/depthwise_conv2d/reference.js";
import { referenceFullyConnected } from "../../host/ops/fully_connected/reference.js";
import { compute, float, int8, int32, weights, y8, yFloat } from "./call.js";

const CONV = {
  stride: [1, 1],
  dilation: [1, 1],
  padding: [0, 0, 0, 0],
  groups: 1,
  activation: "none",
  unsigned: false,
} as const;
const DENSE = { activation: "none", unsigned: false } as const;

describe("conv2d", () => {
  test("sums (x − zp_x)(w − zp_w) over the window, adds the bias, scales", () => {
    const x = int8([1, 2, 2, 1], [4, 6, 8, 10], 0.5, 2); // x − zp: 2 4 6 8
    const w = weights([1, 2, 2, 1], [2, 3, 4, 5], [0.25], 1); // w − zp: 1 2 3 4
    // 2 + 8 + 18 + 32 + 4 = 64, times 0.125 = 8 real, in steps of 2: 4, plus 3
    expect(compute(referenceConv2d, [x, w, int32([4])], y8([1, 1, 1, 1], 2, 3), CONV)).toEqual([7]);
    expect(compute(referenceConv2d, [x, w, int32([4])], y8([1, 1, 1, 1], 2, 3), CONV, "tflite")).toEqual([7]);
  });

  test("without a bias starts at 0", () => {
    const x = int8([1, 1, 1, 2], [3, 4]);
    expect(compute(referenceConv2d, [x, weights([1, 1, 1, 2], [1, 2]), undefined], y8([1, 1, 1, 1]), CONV)).toEqual([
      11,
    ]);
  });

  test("a padded tap adds nothing, whatever the zero point", () => {
    const x = int8([1, 1, 1, 1], [15], 1, 5);
    const w = weights([1, 3, 3, 1], [1, 1, 1, 1, 2, 1, 1, 1, 1]);
    const same = { ...CONV, padding: [1, 1, 1, 1] };
    expect(compute(referenceConv2d, [x, w, undefined], y8([1, 1, 1, 1]), same)).toEqual([20]);
  });

  test("stride, dilation and unequal padding choose the taps", () => {
    const x = int8([1, 1, 5, 1], [1, 2, 3, 4, 5]);
    const w = weights([1, 1, 2, 1], [1, 10]);
    const wide = { ...CONV, stride: [1, 2], dilation: [1, 2], padding: [0, 1, 0, 0] };
    // Windows start at −1, 1, 3 − out of reach: (pad, 2) → 20, (2, 4) → 42
    expect(compute(referenceConv2d, [x, w, undefined], y8([1, 1, 2, 1]), wide)).toEqual([20, 42]);
  });

  test("groups see their own channels only", () => {
    const x = int8([1, 1, 1, 4], [1, 2, 3, 4]);
    const w = weights([4, 1, 1, 2], [1, 0, 0, 1, 1, 0, 0, 1]);
    expect(compute(referenceConv2d, [x, w, undefined], y8([1, 1, 1, 4]), { ...CONV, groups: 2 })).toEqual([1, 2, 3, 4]);
  });

  test("every channel has its own scale", () => {
    const x = int8([1, 1, 1, 1], [10]);
    const w: typeof x = {
      ...weights([2, 1, 1, 1], [4, 4]),
      quantization: { scale: [0.5, 0.25], zeroPoint: 0, axis: 0 },
    };
    expect(compute(referenceConv2d, [x, w, undefined], y8([1, 1, 1, 2]), CONV)).toEqual([20, 10]);
  });

  test("ties: half even in xnnpack, half up in tflite, away from zero for unsigned tflite nodes", () => {
    const x = int8([1, 1, 4, 1], [-3, -1, 1, 3]); // halves: −1.5 −0.5 0.5 1.5
    const inputs = [x, weights([1, 1, 1, 1], [1]), undefined];
    const y = y8([1, 1, 4, 1], 2);
    expect(compute(referenceConv2d, inputs, y, CONV, "xnnpack")).toEqual([-2, 0, 0, 2]);
    expect(compute(referenceConv2d, inputs, y, CONV, "tflite")).toEqual([-1, 0, 1, 2]);
    // QM(0.5) has shift 0: only the high product rounds, and it rounds up. QM(0.25) shifts: −1.5 → −1 → −0.5 → −1
    expect(compute(referenceConv2d, inputs, y, { ...CONV, unsigned: true }, "tflite")).toEqual([-1, 0, 1, 2]);
    const quarter = y8([1, 1, 4, 1], 4);
    expect(compute(referenceConv2d, inputs, quarter, { ...CONV, unsigned: true }, "tflite")).toEqual([-1, 0, 1, 1]);
    expect(compute(referenceConv2d, inputs, quarter, CONV, "tflite")).toEqual([-1, 0, 0, 1]);
  });

  test("the activation clamps in output units", () => {
    const x = int8([1, 1, 3, 1], [-20, 2, 20]);
    const inputs = [x, weights([1, 1, 1, 1], [1]), undefined];
    const y = y8([1, 1, 3, 1], 0.5, -10); // 0 is −10, 6 is 2
    for (const numerics of ["xnnpack", "tflite"] as const) {
      expect(compute(referenceConv2d, inputs, y, { ...CONV, activation: "relu6" }, numerics)).toEqual([-10, -6, 2]);
      expect(compute(referenceConv2d, inputs, y, { ...CONV, activation: "relu" }, numerics)).toEqual([-10, -6, 30]);
      expect(compute(referenceConv2d, inputs, y, { ...CONV, activation: "relu_n1_to_1" }, numerics)).toEqual([
        -12, -8, -8,
      ]);
    }
  });

  test("the accumulator wraps in int32", () => {
    const x = int8([1, 1, 1, 1], [1]);
    const inputs = [x, weights([1, 1, 1, 1], [1]), int32([2 ** 31 - 1])];
    expect(compute(referenceConv2d, inputs, y8([1, 1, 1, 1], 2 ** 25), CONV)).toEqual([-64]);
  });

  test("xnnpack rounds the accumulator to float32", () => {
    const x = int8([1, 1, 1, 1], [1]);
    const inputs = [x, weights([1, 1, 1, 1], [0]), int32([2 ** 24 + 1])]; // f gives 2^24, a tie at 0.5
    expect(compute(referenceConv2d, inputs, y8([1, 1, 1, 1], 2 ** 25), CONV)).toEqual([0]);
    expect(compute(referenceConv2d, inputs, y8([1, 1, 1, 1], 2 ** 25), CONV, "tflite")).toEqual([1]);
  });

  test("float32: products are added in order (ky, kx, channel), starting at the bias", () => {
    const x = float([1, 1, 2, 2], [1e8, 1, -1e8, 1]);
    const w = float([1, 1, 2, 2], [1, 1, 1, 1]);
    expect(compute(referenceConv2d, [x, w, undefined], yFloat([1, 1, 1, 1]), CONV)).toEqual([1]);
    const bias = float([1], [-1e8]);
    expect(compute(referenceConv2d, [x, w, bias], yFloat([1, 1, 1, 1]), CONV)).toEqual([-1e8]);
  });

  test("float32: the product is rounded before it is added", () => {
    const a = Math.fround(1 + 2 ** -12);
    const x = float([1, 1, 1, 1], [a]); // a² = 1 + 2^−11 + 2^−24, whose last bit float32 drops
    const bias = float([1], [-1]);
    expect(compute(referenceConv2d, [x, float([1, 1, 1, 1], [a]), bias], yFloat([1, 1, 1, 1]), CONV)).toEqual([
      2 ** -11,
    ]);
  });
});

describe("depthwise_conv2d", () => {
  test("output channel c reads input channel ⌊c / multiplier⌋", () => {
    const x = int8([1, 1, 1, 2], [3, 5]);
    const w = weights([1, 1, 1, 4], [1, 2, 3, 4]);
    expect(compute(referenceDepthwiseConv2d, [x, w, int32([0, 0, 0, 1])], y8([1, 1, 1, 4]), CONV)).toEqual([
      3, 6, 15, 21,
    ]);
  });

  test("ties: tflite rounds twice, as on the built-in kernel", () => {
    const x = int8([1, 1, 2, 1], [-3, 3]);
    const inputs = [x, weights([1, 1, 1, 1], [1]), undefined];
    expect(compute(referenceDepthwiseConv2d, inputs, y8([1, 1, 2, 1], 4), CONV, "tflite")).toEqual([-1, 1]);
    expect(compute(referenceDepthwiseConv2d, inputs, y8([1, 1, 2, 1], 6), CONV, "xnnpack")).toEqual([0, 0]);
  });

  test("equals a convolution with one group per channel", () => {
    const x = int8(
      [1, 3, 3, 2],
      Array.from({ length: 18 }, (_, i) => ((i * 37) % 256) - 128),
      0.1,
      7,
    );
    const taps = Array.from({ length: 8 }, (_, i) => i * 9 - 30);
    const depthwise = weights([1, 2, 2, 2], taps, [0.05]);
    const grouped = weights(
      [2, 2, 2, 1],
      [0, 2, 4, 6, 1, 3, 5, 7].map((i) => taps[i] as number),
      [0.05],
    );
    const attributes = { ...CONV, stride: [2, 1], padding: [1, 0, 0, 1] };
    const y = y8([1, 2, 3, 2], 0.7, -4);
    expect(compute(referenceDepthwiseConv2d, [x, depthwise, int32([9, -9])], y, attributes)).toEqual(
      compute(referenceConv2d, [x, grouped, int32([9, -9])], y, { ...attributes, groups: 2 }),
    );
  });
});

describe("fully_connected", () => {
  test("multiplies every row", () => {
    const x = int8([2, 1, 2], [1, 2, 3, 4]);
    const w = weights([3, 2], [1, 0, 0, 1, 1, 1]);
    expect(compute(referenceFullyConnected, [x, w, int32([0, 0, 10])], y8([2, 1, 3]), DENSE)).toEqual([
      1, 2, 13, 3, 4, 17,
    ]);
  });

  test("float32 adds in order", () => {
    const x = float([1, 4], [1, 1e8, -1e8, 1]);
    expect(
      compute(referenceFullyConnected, [x, float([1, 4], [1, 1, 1, 1]), undefined], yFloat([1, 1]), DENSE),
    ).toEqual([1]);
  });

  test("float32 relu6 clamps", () => {
    const x = float([3, 1], [-1, 3, 7]);
    const relu6 = { ...DENSE, activation: "relu6" } as const;
    expect(compute(referenceFullyConnected, [x, float([1, 1], [1]), undefined], yFloat([3, 1]), relu6)).toEqual([
      0, 3, 6,
    ]);
  });
});
