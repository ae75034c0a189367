/** Elements of one tile of an elementwise kernel; BLOCK in assembly/elementwise/block.ts. */
export const BLOCK = 1024;

export function blocksOf(elements: number): number {
  return Math.ceil(elements / BLOCK);
}
