/** A float32 activation: NaN stays NaN and −0 stays −0, as docs/quantization.md (42) has it. */

// @ts-ignore: decorator
@inline
export function clampLanes(x: v128, lowest: v128, highest: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, lowest), highest);
}

/** By masks: V8 makes a branch of a float choice, and which way it goes is random. */
// @ts-ignore: decorator
@inline
export function clampFloat(x: f32, lowest: f32, highest: f32): f32 {
  const bits = reinterpret<i32>(x);
  const low = bits ^ ((bits ^ reinterpret<i32>(lowest)) & -i32(x < lowest));
  return reinterpret<f32>(low ^ ((low ^ reinterpret<i32>(highest)) & -i32(x > highest)));
}
