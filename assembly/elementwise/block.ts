/** A tile of a kernel with one input: this many consecutive elements, the last one what is left. */
// @ts-ignore: decorator
@inline
export const BLOCK: i32 = 1024;
