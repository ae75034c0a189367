import { clampFloat } from "../lanes/float-clamp";
import { BIASED, DynamicConvArgs, Range } from "./args";

/**
 * One pixel, four channels at a time, without vectors. Panel: int32 Σ weights[4] | int16 weights[runs][kPadded][4] |
 * float32 scale[4]. Activations are int16.
 */
export function qd8_f32_qc8w_conv_1x4c1(args: usize, begin: i32, end: i32): void {
  const a = changetype<DynamicConvArgs>(args);
  let first = 0;
  let last = (a.outputChannels / a.groupOut) * a.groupPanels;
  let m = begin;
  if (a.isSingle) {
    first = begin;
    last = end;
    m = 0;
    end = 1;
  }
  for (; m < end; m++) {
    const row = m / a.outputWidth;
    const column = m - row * a.outputWidth;
    const image = row / a.outputHeight;
    const from = a.rows + <usize>image * a.imagePitch + <usize>((row - image * a.outputHeight) * a.rowPitch + column * a.pixelPitch);
    const range = a.ranges + <usize>(image * a.imageRangePitch) + <usize>(column * a.rangePitch);
    panels(a, from, range, a.output + ((<usize>m * <usize>a.outputChannels) << 2), first, last);
  }
}

function panels(a: DynamicConvArgs, from: usize, range: usize, to: usize, first: i32, last: i32): void {
  for (let panel = first; panel < last; panel++) {
    const group = panel / a.groupPanels;
    const inGroup = (panel - group * a.groupPanels) << 2;
    const channel = <usize>(group * a.groupOut + inGroup) << 2;
    const weights = a.weights + <usize>panel * <usize>a.panelBytes;
    const columns = a.groupOut - inGroup;
    tile(a, from + <usize>(group * a.groupPitch), range, weights, a.bias + channel, to + channel, columns);
  }
}

// @ts-ignore: decorator
@inline
function tile(a: DynamicConvArgs, from: usize, range: usize, panel: usize, bias: usize, to: usize, columns: i32): void {
  const zeroPoint = changetype<Range>(range).zeroPoint;
  let s0 = -zeroPoint * load<i32>(panel);
  let s1 = -zeroPoint * load<i32>(panel, 4);
  let s2 = -zeroPoint * load<i32>(panel, 8);
  let s3 = -zeroPoint * load<i32>(panel, 12);
  const runBytes = (<usize>a.kPadded) << 3;
  let w = panel + 16;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    for (let run = 0; run < a.runs; run++) {
      let x = from + <usize>(ky * a.linePitch + run * a.runPitch);
      const stop = w + runBytes;
      do {
        const value = <i32>load<i16>(x);
        s0 += value * <i32>load<i16>(w);
        s1 += value * <i32>load<i16>(w, 2);
        s2 += value * <i32>load<i16>(w, 4);
        s3 += value * <i32>load<i16>(w, 6);
        x += 2;
        w += 8;
      } while (w < stop);
    }
  }
  storeOne(a, to, s0, range, w, bias);
  if (columns > 1) storeOne(a, to + 4, s1, range, w + 4, bias + 4);
  if (columns > 2) storeOne(a, to + 8, s2, range, w + 8, bias + 8);
  if (columns > 3) storeOne(a, to + 12, s3, range, w + 12, bias + 12);
}

/** (83), (84) */
// @ts-ignore: decorator
@inline
export function storeOne(a: DynamicConvArgs, to: usize, acc: i32, range: usize, scale: usize, bias: usize): void {
  if (a.sums) {
    store<i32>(to, a.sums == BIASED ? acc + load<i32>(bias) : acc);
    return;
  }
  const r = changetype<Range>(range);
  const product = <f32>acc * r.accumulatorFactor * (load<f32>(scale) * r.weightFactor);
  store<f32>(to, clampFloat(product + load<f32>(bias), a.clampMin, a.clampMax));
}
