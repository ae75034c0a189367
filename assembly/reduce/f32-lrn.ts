/** Sums over neighbouring channels. */
// @ts-ignore: decorator
@unmanaged
export class LrnArgs {
  input: usize;
  output: usize;
  channels: i32;
  /** Channels before and after the one in the middle. */
  before: i32;
  after: i32;
  alpha: f32;
  bias: f32;
}

/** y = bias + alpha · Σ x², float32, in the order of the channels: what local response normalization divides by, before
 * the power, docs/quantization.md (68). A tile is all channels of a position.
 */
export function f32_lrn(args: usize, begin: i32, end: i32): void {
  const a = changetype<LrnArgs>(args);
  const pitch = <usize>a.channels << 2;
  let from = a.input + <usize>begin * pitch;
  let to = a.output + <usize>begin * pitch;
  for (let tile = begin; tile < end; tile++) {
    for (let c = 0; c < a.channels; c++) {
      const stop = from + (<usize>min(c + a.after + 1, a.channels) << 2);
      let sum: f32 = 0;
      for (let at = from + (<usize>max(c - a.before, 0) << 2); at < stop; at += 4) {
        const x = load<f32>(at);
        sum += x * x;
      }
      store<f32>(to, a.bias + a.alpha * sum);
      to += 4;
    }
    from += pitch;
  }
}
