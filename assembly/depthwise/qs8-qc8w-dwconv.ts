import { requantizeOne } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { RAW, slideRows } from "../window/rows";
import { writeTaps } from "../window/taps";

/** Any kernel, one channel at a time: int32 bias[channels] | int16 weights[taps][channels] | float32 scale[channels]. */
export function qs8_qc8w_dwconv_c1(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const taps = a.kernelHeight * a.kernelWidth;
  let out = a.output + <usize>(begin * a.outputWidth * a.inputChannels);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(RAW, a, tile, filled);
    writeTaps(a, y * a.strideHeight, taps);
    let x: usize = 0;
    for (let ox = 0; ox < a.outputWidth; ox++) {
      pixel(a, x, out, taps);
      out += <usize>a.inputChannels;
      x += <usize>(a.strideWidth * a.inputChannels);
    }
  }
}

// @ts-ignore: decorator
@inline
function pixel(a: ConvArgs, x: usize, out: usize, taps: i32): void {
  const channels = <usize>a.inputChannels;
  const weights = a.weights + (channels << 2);
  const scales = weights + (((channels << 1) * <usize>taps + 3) & ~3);
  for (let c: usize = 0; c < channels; c++) {
    let acc = load<i32>(a.weights + (c << 2));
    let w = weights + (c << 1);
    let tap = a.table;
    for (let t = 0; t < taps; t++) {
      acc += <i32>load<i8>(<usize>load<u32>(tap) + x + c) * <i32>load<i16>(w);
      tap += 4;
      w += channels << 1;
    }
    const scale = load<f32>(scales + (c << 2));
    store<i8>(out + c, <i8>requantizeOne(acc, scale, a.zeroPoint, a.clampMin, a.clampMax));
  }
}
