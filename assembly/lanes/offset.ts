/**
 * Offset of position `i` of a box of four axes, outermost first, that has counts [any, n1, n2, n3] and lies in memory
 * with strides [s0, s1, s2, s3]. Unused axes have count 1.
 */
// @ts-ignore: decorator
@inline
export function offset4(i: usize, n1: usize, n2: usize, n3: usize, s0: usize, s1: usize, s2: usize, s3: usize): usize {
  const outer3 = i / n3;
  const outer2 = outer3 / n2;
  const outer1 = outer2 / n1;
  return outer1 * s0 + (outer2 - outer1 * n1) * s1 + (outer3 - outer2 * n2) * s2 + (i - outer3 * n3) * s3;
}
