import { requantizeOne } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { gatherWide } from "./gather";

/**
 * Convolution without vector arithmetic, one pixel and four channels at a time:
 * panel: int32 bias[4] | int16 weights[k][4] | float32 scale[4].
 */
export function qs8_qc8w_conv_1x4c1(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      gatherWide(a, m, rows, group);
      const packed = a.weights + <usize>group * <usize>a.groupBytes;
      let row = a.scratch;
      let out = a.output + <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      for (let r = 0; r < rows; r++) {
        pixel(a, row, packed, out);
        row += (<usize>a.kPadded) << 1;
        out += <usize>a.outputChannels;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function pixel(a: ConvArgs, row: usize, packed: usize, out: usize): void {
  const depthBytes = (<usize>a.kPadded) << 3;
  let panel = packed;
  for (let n = 0; n < a.groupOut; n += 4) {
    let s0 = load<i32>(panel);
    let s1 = load<i32>(panel, 4);
    let s2 = load<i32>(panel, 8);
    let s3 = load<i32>(panel, 12);
    let w = panel + 16;
    const weightsEnd = w + depthBytes;
    let x = row;
    do {
      const value = <i32>load<i16>(x);
      s0 += value * <i32>load<i16>(w);
      s1 += value * <i32>load<i16>(w, 2);
      s2 += value * <i32>load<i16>(w, 4);
      s3 += value * <i32>load<i16>(w, 6);
      x += 2;
      w += 8;
    } while (w < weightsEnd);
    const left = a.groupOut - n;
    const c = out + <usize>n;
    storeOne(a, c, s0, w);
    if (left > 1) storeOne(a, c + 1, s1, w + 4);
    if (left > 2) storeOne(a, c + 2, s2, w + 8);
    if (left > 3) storeOne(a, c + 3, s3, w + 12);
    panel = w + 16;
  }
}

// @ts-ignore: decorator
@inline
function storeOne(a: ConvArgs, c: usize, acc: i32, factor: usize): void {
  store<i8>(c, <i8>requantizeOne(acc, load<f32>(factor), a.zeroPoint, a.clampMin, a.clampMax));
}
