import { accumulation } from "../../core/accumulation.js";
import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { transposeConv } from "./op.js";

/** (2) and (5) or (8); float32: (43). What reaches an output is added in the order of the input (y, x, channel). */
export const referenceTransposeConv: Reference<AttributesOf<typeof transposeConv>> = (call) => {
  const { stride, dilation, padding, groups } = call.attributes;
  const [, height, width, inC] = inputOf(call, 0).shape as [number, number, number, number];
  const [outC, kH, kW, groupC] = inputOf(call, 1).shape as [number, number, number, number];
  const [batches, outHeight, outWidth] = outputOf(call).shape as [number, number, number, number];
  const { output, start, dot, store } = accumulation("transpose_conv", call, outC);
  /** The input row or column that reaches output `o` through tap `k` of axis `i`; −1 for none. */
  const source = (i: number, o: number, k: number, size: number) => {
    const distance = o + (padding[i] as number) - k * (dilation[i] as number);
    const at = distance / (stride[i] as number);
    return Number.isInteger(at) && at >= 0 && at < size ? at : -1;
  };

  let at = 0;
  for (let n = 0; n < batches; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let c = 0; c < outC; c++) {
          const firstC = Math.floor(c / (outC / groups)) * groupC;
          let acc = start(c);
          for (let ky = kH - 1; ky >= 0; ky--) {
            const y = source(0, oy, ky, height);
            if (y < 0) continue;
            for (let kx = kW - 1; kx >= 0; kx--) {
              const x = source(1, ox, kx, width);
              if (x < 0) continue;
              const pixel = (n * height + y) * width + x;
              acc = dot(acc, pixel * inC + firstC, ((c * kH + ky) * kW + kx) * groupC, groupC);
            }
          }
          store(at++, acc, c);
        }
      }
    }
  }
  return [output];
};
