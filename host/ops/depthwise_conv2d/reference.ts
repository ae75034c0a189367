import { accumulation } from "../../core/accumulation.js";
import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { depthwiseConv2d } from "./op.js";

/** (2) and (5) or (8); float32: (43). Taps in order (ky, kx); a padded tap adds nothing. */
export const referenceDepthwiseConv2d: Reference<AttributesOf<typeof depthwiseConv2d>> = (call) => {
  const { stride, dilation, padding } = call.attributes;
  const [, height, width, inC] = inputOf(call, 0).shape as [number, number, number, number];
  const [, kH, kW, outC] = inputOf(call, 1).shape as [number, number, number, number];
  const [batches, outHeight, outWidth] = outputOf(call).shape as [number, number, number, number];
  const [strideY, strideX] = stride as [number, number];
  const [dilationY, dilationX] = dilation as [number, number];
  const [top, left] = padding as [number, number];
  const multiplier = outC / inC;
  const { output, start, dot, store } = accumulation("depthwise_conv2d", call, outC);

  let at = 0;
  for (let n = 0; n < batches; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let c = 0; c < outC; c++) {
          const inputC = Math.floor(c / multiplier);
          let acc = start(c);
          for (let ky = 0; ky < kH; ky++) {
            const y = oy * strideY - top + ky * dilationY;
            if (y < 0 || y >= height) continue;
            for (let kx = 0; kx < kW; kx++) {
              const x = ox * strideX - left + kx * dilationX;
              if (x < 0 || x >= width) continue;
              const pixel = (n * height + y) * width + x;
              acc = dot(acc, pixel * inC + inputC, (ky * kW + kx) * outC + c, 1);
            }
          }
          store(at++, acc, c);
        }
      }
    }
  }
  return [output];
};
