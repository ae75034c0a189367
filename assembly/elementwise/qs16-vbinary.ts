import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";
import { addAndClamp, multiplyTwice } from "../lanes/fixed-point";

@unmanaged
export class WideBinaryArgs {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  /** 1 for a product, (14); 0 for a sum or difference, (91). */
  isProduct: i32;
  multiplierA: i32;
  shiftA: i32;
  /** 1, or −1 for an operand that is subtracted. */
  signA: i32;
  multiplierB: i32;
  shiftB: i32;
  signB: i32;
  multiplier: i32;
  shift: i32;
  min: i32;
  max: i32;
}

/** Sum, difference or product of two int16 tensors. A tile is a block of a row. The output may be either input. */
export function qs16_vbinary(args: usize, begin: i32, end: i32): void {
  const p = changetype<WideBinaryArgs>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  const step: usize = shape.bScalar ? 0 : 2;
  for (let tile = begin; tile < end; tile++) {
    const row = tile / shape.rowBlocks;
    const first = (tile - row * shape.rowBlocks) * BLOCK;
    let a = p.a + ((rowOfA(shape, row) + <usize>first) << 1);
    let b = p.b + (rowOfB(shape, row, first) << 1);
    let to = p.output + (<usize>(row * shape.rowLength + first) << 1);
    for (let left = min(BLOCK, shape.rowLength - first); left > 0; left--) {
      const x = <i32>load<i16>(a);
      const y = <i32>load<i16>(b);
      let value = x * y;
      if (!p.isProduct) {
        value =
          p.signA * multiplyTwice(x << 15, p.multiplierA, p.shiftA) +
          p.signB * multiplyTwice(y << 15, p.multiplierB, p.shiftB);
      }
      store<i16>(to, <i16>addAndClamp(multiplyTwice(value, p.multiplier, p.shift), 0, p.min, p.max));
      a += 2;
      b += step;
      to += 2;
    }
  }
}
