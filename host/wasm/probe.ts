import { decodeBase64 } from "../core/base64.js";

/** What `i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, activations, sum)` does with full 8-bit operands. */
export type RelaxedDot = "us" | "ss" | "inexact" | "missing";

/**
 * 110 bytes: a memory "m" with two operands in it and a function "p" that stores their relaxed dot product at 0. Operands
 * are loaded, not constants, so that the processor computes and not the compiler. From this text:
 *
 *   (func (export "p") (v128.store (i32.const 0) (i32x4.relaxed_dot_i8x16_i7x16_add_s
 *     (v128.load offset=16 (i32.const 0)) (v128.load offset=32 (i32.const 0)) (v128.load offset=48 (i32.const 0)))))
 *   weights     127 127 127 127 | 127 127 127 127 | -127 -127 -127 -127 |    1 0 0 0
 *   activations 127 127 127 127 |  -1  -1  -1  -1 | -128 -128 -128 -128 | -128 0 0 0
 */
const PROBE =
  "AGFzbQEAAAABBAFgAAADAgEABQMBAAEHCQIBbQIAAXAAAAwBAQofAR0AQQBBAP0ABBBBAP0ABCBBAP0ABDD9kwL9CwQACwsmAQBBEAsgf39/f39/" +
  "f3+BgYGBAQAAAH9/f3//////gICAgIAAAAA=";

/** Activations as uint8, all products added exactly; activations as int8, the same. Anything else is not used. */
const ANSWERS: Readonly<Record<string, RelaxedDot>> = {
  "64516,129540,-65024,128": "us",
  "64516,-508,65024,-128": "ss",
};

export function probeRelaxedDot(): RelaxedDot {
  const bytes = decodeBase64(PROBE);
  if (!WebAssembly.validate(bytes)) return "missing";
  const { m, p } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as {
    m: WebAssembly.Memory;
    p: () => void;
  };
  p();
  return ANSWERS[String(new Int32Array(m.buffer, 0, 4))] ?? "inexact";
}
