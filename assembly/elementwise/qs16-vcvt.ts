import { BLOCK } from "./block";
import { addAndClamp, multiplyTwice } from "../lanes/fixed-point";

@unmanaged
export class WideConvertArgs {
  input: usize;
  output: usize;
  length: i32;
  /** 0 for float32 to int16, (27); 1 for int16 to float32, (28); 2 between int8 and int16, (30) and (25). */
  kind: i32;
  /** Bytes of an element. */
  inputBytes: i32;
  outputBytes: i32;
  inputZeroPoint: i32;
  zeroPoint: i32;
  multiplier: i32;
  shift: i32;
  min: i32;
  max: i32;
  scale: f32;
}

/** To, from and between int16. A tile is a block. */
export function qs16_vcvt(args: usize, begin: i32, end: i32): void {
  const p = changetype<WideConvertArgs>(args);
  let from = p.input + <usize>(begin * BLOCK * p.inputBytes);
  let to = p.output + <usize>(begin * BLOCK * p.outputBytes);
  const stop = p.output + <usize>(min(end * BLOCK, p.length) * p.outputBytes);
  for (; to < stop; to += <usize>p.outputBytes) {
    if (p.kind == 0) {
      const quotient = <f64>load<f32>(from) / <f64>p.scale;
      const bounded = max(min(quotient == quotient ? quotient : 0.0, 65536.0), -65536.0);
      const whole = trunc(bounded);
      store<i16>(to, <i16>max(min(<i32>(whole + trunc((bounded - whole) * 2.0)), 32767), -32768));
    } else if (p.kind == 1) {
      store<f32>(to, <f32>load<i16>(from) * p.scale);
    } else {
      const x = (p.inputBytes == 1 ? <i32>load<i8>(from) : <i32>load<i16>(from)) - p.inputZeroPoint;
      const y = addAndClamp(multiplyTwice(x, p.multiplier, p.shift), p.zeroPoint, p.min, p.max);
      if (p.outputBytes == 1) store<i8>(to, <i8>y);
      else store<i16>(to, <i16>y);
    }
    from += <usize>p.inputBytes;
  }
}
