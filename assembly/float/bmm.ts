import { HAS_SIMD } from "../lanes/features";
import { offset4 } from "../lanes/offset";
import { storeWords } from "../lanes/store-words";

/** Products of two computed matrices. Strides are bytes. */
// @ts-ignore: decorator
@unmanaged
export class BmmArgs {
  a: usize;
  b: usize;
  output: usize;
  /** Rows and columns of a product, and its depth. */
  rows: usize;
  columns: usize;
  depth: usize;
  aRow: usize;
  aDepth: usize;
  /** Batch axes, outermost first. */
  count1: usize;
  count2: usize;
  count3: usize;
  a0: usize;
  a1: usize;
  a2: usize;
  a3: usize;
  b0: usize;
  b1: usize;
  b2: usize;
  b3: usize;
}

/**
 * output[row][column] = Σ a[row][k] · b[k][column], float32, added one by one from 0, docs/quantization.md (43). Rows of
 * `b` and of the output are dense. A tile is a row of the output. Reads up to 12 bytes past `b`.
 */
export function f32_bmm(args: usize, begin: i32, end: i32): void {
  const p = changetype<BmmArgs>(args);
  const pitch = p.columns << 2;
  let to = p.output + <usize>begin * pitch;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const batch = tile / p.rows;
    const row = (tile - batch * p.rows) * p.aRow;
    const a = p.a + row + offset4(batch, p.count1, p.count2, p.count3, p.a0, p.a1, p.a2, p.a3);
    let b = p.b + offset4(batch, p.count1, p.count2, p.count3, p.b0, p.b1, p.b2, p.b3);
    const stop = to + pitch;
    if (HAS_SIMD) {
      for (; to + 64 <= stop; to += 64) {
        block16(p, to, a, b, pitch);
        b += 64;
      }
      for (; to < stop; to += 16) {
        storeWords(to, block4(p, a, b, pitch), <i32>((stop - to) >> 2));
        b += 16;
      }
      to = stop;
    } else {
      for (; to < stop; to += 4) {
        store<f32>(to, one(p, a, b, pitch));
        b += 4;
      }
    }
  }
}

function block16(p: BmmArgs, to: usize, a: usize, b: usize, pitch: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const stop = b + p.depth * pitch;
  for (; b < stop; b += pitch) {
    const x = v128.load32_splat(a);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(b)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(b, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(b, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(b, 48)));
    a += p.aDepth;
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
}

// @ts-ignore: decorator
@inline
function block4(p: BmmArgs, a: usize, b: usize, pitch: usize): v128 {
  let sum = f32x4.splat(0);
  const stop = b + p.depth * pitch;
  for (; b < stop; b += pitch) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a), v128.load(b)));
    a += p.aDepth;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function one(p: BmmArgs, a: usize, b: usize, pitch: usize): f32 {
  let sum: f32 = 0;
  const stop = b + p.depth * pitch;
  for (; b < stop; b += pitch) {
    sum += load<f32>(a) * load<f32>(b);
    a += p.aDepth;
  }
  return sum;
}
