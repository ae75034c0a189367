import type { Convolution } from "./convolution.js";
import { weightValues } from "./pack.js";

/** Part of the depth of a convolution, whose products of int16 and int8 add up within int32. */
export interface Block {
  /** Lines [line, line + lines) of the window, runs [run, run + runs) of each, elements [first, first + k) of each run. */
  readonly line: number;
  readonly lines: number;
  readonly run: number;
  readonly runs: number;
  readonly first: number;
  readonly k: number;
}

/** The window of a convolution as lines of `runs` runs of `k` neighbouring input elements. */
export interface Window {
  readonly lines: number;
  readonly runs: number;
  readonly k: number;
}

/** Σ|w| of a channel for which −32768 · Σ|w|, and with it every partial sum, is an int32. */
const MOST = 2 ** 16 - 1;
/** Weights that have no more than that, whatever they are: 504 · 128 < 2^16. Even, as kernels take them in pairs. */
const PIECE = 504;

/** One block where the weights allow, as they nearly always do; else blocks of lines, and of pieces of a run at worst. */
export function blocksOf(conv: Convolution, window: Window): Block[] {
  const sums = lineSums(conv, window);
  const { lines, runs, k } = window;
  if (sums.some((line) => line.some((sum) => sum > MOST))) {
    return Array.from({ length: lines * runs }, (_, i) => i).flatMap((i) =>
      Array.from({ length: Math.ceil(k / PIECE) }, (_, piece) => {
        const first = piece * PIECE;
        return { line: Math.floor(i / runs), lines: 1, run: i % runs, runs: 1, first, k: Math.min(PIECE, k - first) };
      }),
    );
  }
  const blocks: Block[] = [];
  let line = 0;
  while (line < lines) {
    const total = new Float64Array(conv.outputShape[3]!);
    let end = line;
    while (end < lines && sums[end]!.every((sum, c) => total[c]! + sum <= MOST)) {
      sums[end]!.forEach((sum, c) => {
        total[c]! += sum;
      });
      end++;
    }
    blocks.push({ line, lines: end - line, run: 0, runs, first: 0, k });
    line = end;
  }
  return blocks;
}

/** Σ|w| per line of the window and output channel. */
function lineSums(conv: Convolution, { lines, runs, k }: Window): Float64Array[] {
  const depth = runs * k;
  return Array.from({ length: lines }, (_, line) => {
    return Float64Array.from({ length: conv.outputShape[3]! }, (_, channel) => {
      let sum = 0;
      for (let i = line * depth; i < (line + 1) * depth; i++) sum += Math.abs(weightAt(conv, channel, i));
      return sum;
    });
  });
}

/** The weights of a block, one channel after the other. */
export function blockWeights(conv: Convolution, window: Window, block: Block): Int8Array {
  const segments = block.lines * block.runs;
  const data = new Int8Array(conv.outputShape[3]! * segments * block.k);
  let at = 0;
  for (let channel = 0; channel < conv.outputShape[3]!; channel++) {
    for (let segment = 0; segment < segments; segment++) {
      const line = block.line + Math.floor(segment / block.runs);
      const run = block.run + (segment % block.runs);
      const start = (line * window.runs + run) * window.k + block.first;
      for (let i = 0; i < block.k; i++) data[at++] = weightAt(conv, channel, start + i);
    }
  }
  return data;
}

function weightAt({ weights, weightStride }: Convolution, channel: number, depth: number): number {
  return weightValues(weights)[channel * weightStride.channel + depth * weightStride.depth]!;
}
