import { describe, expect, test } from "vitest";
import { inputFormula } from "../../host/cli/input-formula.js";

const f = Math.fround;
const pixels = (mean: number[], scale: number[], channelOrder: "rgb" | "bgr" | "gray" = "gray") => {
  return { mean, scale, channelOrder, layout: "nhwc" } as const;
};
const int8 = (scale: number, zeroPoint: number) => ({ scale: [f(scale)], zeroPoint });

describe("the formula of an input, in words", () => {
  test.each([
    [{ dtype: "float32" }, "the value itself, as float32"],
    [{ dtype: "float32", preprocessing: pixels([0], [1]) }, "pixel, as float32"],
    [{ dtype: "float32", preprocessing: pixels([127.5], [1 / 127.5]) }, "pixel / 127.5 − 1, as float32"],
    [{ dtype: "float32", preprocessing: pixels([127.5], [f(1 / 127.5)]) }, "pixel / 127.5 − 1, as float32"],
    [{ dtype: "float32", preprocessing: pixels([116.5], [1 / 57.3]) }, "(pixel − 116.5) / 57.3, as float32"],
    [{ dtype: "float32", preprocessing: pixels([-3], [1]) }, "(pixel + 3), as float32"],
    [{ dtype: "float32", preprocessing: pixels([0], [2]) }, "pixel · 2, as float32"],
    [
      { dtype: "float32", preprocessing: pixels([123.68, 116.78, 103.94], [0.017], "bgr") },
      "(pixel − [123.68, 116.78, 103.94]) · 0.017 (channels blue, green, red), as float32",
    ],
    [{ dtype: "int8", quantization: int8(0.5, 3) }, "value, then int8 with scale 0.5 and zero point 3"],
    [
      { dtype: "int8", quantization: int8(1 / 127.5, -1), preprocessing: pixels([127.5], [1 / 127.5]) },
      "pixel / 127.5 − 1, then int8 with scale 0.007843 and zero point −1",
    ],
    [
      { dtype: "int8", quantization: int8(1 / 255, -128), preprocessing: pixels([0], [1 / 255]) },
      "pixel / 255, then int8 with scale 0.003922 and zero point −128: pixel − 128",
    ],
    [
      { dtype: "uint8", quantization: int8(1 / 255, 0), preprocessing: pixels([0], [1 / 255]) },
      "pixel / 255, then uint8 with scale 0.003922 and zero point 0: the pixel itself",
    ],
  ])("%#", (input, words) => {
    expect(inputFormula(input)).toBe(words);
  });
});
