import { clampBytes, RANGE_BYTES, requantizeEight } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { fillRows, RAW, rowAddress } from "../window/rows";

/**
 * 3×3 convolution, stride 1, with 16 products where there are 36: Winograd's F(2×2, 3×3) (Lavin and Gray, 2015), in integers.
 * Two rows and two columns of output are Aᵀ((G w Gᵀ) ∘ (Bᵀ x B))A, with x four rows and columns of input and
 *
 *   Bᵀ  1  0 −1  0      2G  2  0  0      Aᵀ  1  1  1  0
 *       0  1  1  0          1  1  1          0  1 −1 −1
 *       0 −1  1  0          1 −1  1
 *       0  1  0 −1          0  0  2
 *
 * The host packs 4 · G w Gᵀ, which is whole and below 2^12 for 9-bit weights; Bᵀ x B is below 2^10; sums wrap in int32, but
 * what is left of them after A is 4 times the convolution, exactly. Each of the 16 products, by position, is a matrix product
 * over channels, of as many rows as there are blocks of 2×2 outputs.
 *
 * Panel of 16 output channels: int32 bias[16] | int16 weights[16 positions][channels/2][16][2] | float32 scale[16] | range.
 * Channels come in eights. A tile is two output rows; `blockRows` of them are computed at a time.
 */
const BIAS: usize = 64;
const SCALE: usize = 64;

export function qs8_qc8w_conv_3x3w_2x16c2(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const tileRows = (a.outputHeight + 1) >> 1;
  const tileColumns = (a.outputWidth + 1) >> 1;
  let filled = 0;
  let left = 0;
  for (let tile = begin; tile < end; tile += left) {
    const image = tile / tileRows;
    const first = tile - image * tileRows;
    left = min(min(a.blockRows, end - tile), tileRows - first);
    const top = first << 1;
    if (first == 0 || tile == begin) filled = top;
    fillRows(RAW, a, image, max(filled, top), top + (left << 1) + 2);
    filled = top + (left << 1) + 2;
    const blocks = left * tileColumns;
    let to = a.spill;
    for (let row = 0; row < left; row++) {
      transformRow(a, top + (row << 1), to, blocks, tileColumns);
      to += (<usize>(tileColumns * a.inputChannels)) << 1;
    }
    let panel = a.weights;
    for (let c = 0; c < a.outputChannels; c += 16) {
      multiply(a, blocks, panel + BIAS);
      const pixel = (image * a.outputHeight + top) * a.outputWidth;
      storeBlocks(a, top, left, tileColumns, panel, a.output + <usize>(pixel * a.outputChannels + c));
      panel += <usize>a.groupBytes;
    }
  }
}

/** Bᵀ x B of a row of blocks: position p, block b and channel c go to to[p][b][c], `blocks` blocks a position. */
function transformRow(a: ConvArgs, top: i32, to: usize, blocks: i32, tileColumns: i32): void {
  const channels = <usize>a.inputChannels;
  const position = (<usize>blocks * channels) << 1;
  const r0 = rowAddress(a, top);
  const r1 = rowAddress(a, top + 1);
  const r2 = rowAddress(a, top + 2);
  const r3 = rowAddress(a, top + 3);
  let column: usize = 0;
  for (let x = 0; x < tileColumns; x++) {
    for (let c: usize = 0; c < channels; c += 8) {
      transformColumns(r0 + column + c, r2 + column + c, 0, channels, to, position);
      transformColumns(r1 + column + c, r2 + column + c, 1, channels, to + 4 * position, position);
      transformColumns(r2 + column + c, r1 + column + c, 0, channels, to + 8 * position, position);
      transformColumns(r1 + column + c, r3 + column + c, 0, channels, to + 12 * position, position);
      to += 16;
    }
    column += channels << 1;
  }
}

/** The four positions of one row of Bᵀ x, p − q or with ADD p + q, times B. */
// @ts-ignore: decorator
@inline
function transformColumns(p: usize, q: usize, ADD: i32, step: usize, to: usize, position: usize): void {
  const x0 = combine(ADD, p, q);
  const x1 = combine(ADD, p + step, q + step);
  const x2 = combine(ADD, p + 2 * step, q + 2 * step);
  const x3 = combine(ADD, p + 3 * step, q + 3 * step);
  v128.store(to, i16x8.sub(x0, x2));
  v128.store(to + position, i16x8.add(x1, x2));
  v128.store(to + 2 * position, i16x8.sub(x2, x1));
  v128.store(to + 3 * position, i16x8.sub(x1, x3));
}

// @ts-ignore: decorator
@inline
function combine(ADD: i32, p: usize, q: usize): v128 {
  const x = v128.load8x8_s(p);
  const y = v128.load8x8_s(q);
  return ADD ? i16x8.add(x, y) : i16x8.sub(x, y);
}

/** Sixteen matrix products, `rows` blocks by 16 output channels, into int32 table[position][row][16]. */
function multiply(a: ConvArgs, rows: i32, weights: usize): void {
  const depthBytes = (<usize>a.inputChannels) << 1;
  const panelBytes = depthBytes << 4;
  let c = a.table;
  let x = a.spill;
  for (let position = 0; position < 16; position++) {
    const end = weights + panelBytes;
    for (let row = 0; row < rows; row += 2) {
      const next = row + 1 < rows ? depthBytes : 0;
      let s0 = i32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let t0 = s0;
      let t1 = s0;
      let t2 = s0;
      let t3 = s0;
      let w = weights;
      let p = x;
      let q = x + next;
      do {
        const b0 = v128.load(w);
        const b1 = v128.load(w, 16);
        const b2 = v128.load(w, 32);
        const b3 = v128.load(w, 48);
        let y = v128.load32_splat(p);
        s0 = i32x4.add(s0, i32x4.dot_i16x8_s(y, b0));
        s1 = i32x4.add(s1, i32x4.dot_i16x8_s(y, b1));
        s2 = i32x4.add(s2, i32x4.dot_i16x8_s(y, b2));
        s3 = i32x4.add(s3, i32x4.dot_i16x8_s(y, b3));
        p += 4;
        y = v128.load32_splat(q);
        t0 = i32x4.add(t0, i32x4.dot_i16x8_s(y, b0));
        t1 = i32x4.add(t1, i32x4.dot_i16x8_s(y, b1));
        t2 = i32x4.add(t2, i32x4.dot_i16x8_s(y, b2));
        t3 = i32x4.add(t3, i32x4.dot_i16x8_s(y, b3));
        q += 4;
        w += 64;
      } while (w < end);
      v128.store(c, s0);
      v128.store(c, s1, 16);
      v128.store(c, s2, 32);
      v128.store(c, s3, 48);
      c += 64;
      x += depthBytes;
      if (next == 0) break;
      v128.store(c, t0);
      v128.store(c, t1, 16);
      v128.store(c, t2, 32);
      v128.store(c, t3, 48);
      c += 64;
      x += depthBytes;
    }
    weights = end;
  }
}

/** Aᵀ … A of all blocks, requantized: 16 channels of `left` pairs of output rows from `top` on. */
function storeBlocks(a: ConvArgs, top: i32, left: i32, tileColumns: i32, panel: usize, out: usize): void {
  const pixel = <usize>a.outputChannels;
  const line = <usize>a.outputWidth * pixel;
  const position = (<usize>(left * tileColumns)) << 6;
  const scales = panel + <usize>a.groupBytes - SCALE - RANGE_BYTES;
  let from = a.table;
  for (let row = 0; row < left; row++) {
    const below = top + (row << 1) + 1 < a.outputHeight ? line : 0;
    let to = out;
    for (let x = 0; x < tileColumns; x++) {
      const beside = (x << 1) + 1 < a.outputWidth ? pixel : 0;
      storeBlock(from, position, panel, scales, scales + SCALE, to, beside, below);
      storeBlock(from + 32, position, panel + 32, scales + 32, scales + SCALE, to + 8, beside, below);
      from += 64;
      to += pixel << 1;
    }
    out += line << 1;
  }
}

/** 8 channels of one block. Where the image ends, `beside` or `below` is 0, and what is outside is written over. */
// @ts-ignore: decorator
@inline
function storeBlock(from: usize, position: usize, bias: usize, scale: usize, range: usize, to: usize, beside: usize, below: usize): void {
  const offset = v128.load(range);
  const scale0 = v128.load(scale);
  const scale1 = v128.load(scale, 16);
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  // The second row first: it may be the first again.
  const second = outputRow(1, from, position, bias0, bias1, scale0, scale1, offset, range);
  v128.store64_lane(to + below + beside, second, 1);
  v128.store64_lane(to + below, second, 0);
  const first = outputRow(0, from, position, bias0, bias1, scale0, scale1, offset, range);
  v128.store64_lane(to + beside, first, 1);
  v128.store64_lane(to, first, 0);
}

/** Two neighbouring outputs of row ROW, 8 channels of each. */
// @ts-ignore: decorator
@inline
function outputRow(ROW: i32, from: usize, position: usize, bias0: v128, bias1: v128, scale0: v128, scale1: v128, offset: v128, range: usize): v128 {
  const s0 = column(ROW, from, position);
  const s1 = column(ROW, from + position, position);
  const s2 = column(ROW, from + 2 * position, position);
  const s3 = column(ROW, from + 3 * position, position);
  const left0 = i32x4.add(bias0, i32x4.shr_s(i32x4.add(i32x4.add(s0, s1), s2), 2));
  const right0 = i32x4.add(bias0, i32x4.shr_s(i32x4.sub(i32x4.sub(s1, s2), s3), 2));
  const t0 = column(ROW, from + 16, position);
  const t1 = column(ROW, from + position + 16, position);
  const t2 = column(ROW, from + 2 * position + 16, position);
  const t3 = column(ROW, from + 3 * position + 16, position);
  const left1 = i32x4.add(bias1, i32x4.shr_s(i32x4.add(i32x4.add(t0, t1), t2), 2));
  const right1 = i32x4.add(bias1, i32x4.shr_s(i32x4.sub(i32x4.sub(t1, t2), t3), 2));
  const left = requantizeEight(left0, left1, scale0, scale1, offset);
  const right = requantizeEight(right0, right1, scale0, scale1, offset);
  return clampBytes(i8x16.narrow_i16x8_s(left, right), range);
}

/** Row ROW of Aᵀ times one column of positions, which are 4 apart. */
// @ts-ignore: decorator
@inline
function column(ROW: i32, from: usize, position: usize): v128 {
  const m1 = v128.load(from + 4 * position);
  const m2 = v128.load(from + 8 * position);
  if (ROW == 0) return i32x4.add(i32x4.add(v128.load(from), m1), m2);
  return i32x4.sub(i32x4.sub(m1, m2), v128.load(from + 12 * position));
}
