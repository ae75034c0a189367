import { EnvironmentError, QbinError } from "../core/errors.js";
import type { ModelData } from "../core/model.js";
import { elementCount, formatShape } from "../core/shape.js";
import type { NodePlan } from "../wasm/kernel.js";
import { ALIGNMENT, alignUp, arenaBytes, findOverlap, type PlacedBuffer, peakLiveBytes, planArena } from "./arena.js";
import { byteLength, computeLifetimes } from "./lifetimes.js";

/**
 * Linear memory, from address 0:
 *
 *   static data, 4096 bytes for each module | constants: packed weights, tables | arena | slack | program: arguments, steps
 *
 * Kernels may read up to `SLACK` bytes past a tensor; they write nothing outside it.
 */
export const STATIC_BYTES = 8192;
export const SLACK = 64;

export interface MemoryPlan {
  /** Address of every tensor; −1 for constants that only their packed form needs. */
  readonly tensors: readonly number[];
  /** Addresses of each node's packed constants. */
  readonly constants: readonly (readonly number[])[];
  /** Address of each node's scratch; 0 where it has none. */
  readonly scratch: readonly number[];
  /** Address of what each node's steps hand to each other; 0 where they hand on nothing. */
  readonly shared: readonly number[];
  readonly aliased: readonly boolean[];
  readonly constantBytes: number;
  readonly arena: {
    readonly start: number;
    readonly bytes: number;
    /** No placement could be smaller than this. */
    readonly lowerBound: number;
    readonly buffers: readonly PlacedBuffer[];
  };
  /** First free address behind everything: the program goes here. */
  readonly end: number;
}

export interface PlanOptions {
  /** Every tensor keeps its own buffer to the end of the run. */
  readonly keepAll?: boolean;
  /** Unused bytes between buffers, for tests that watch them. */
  readonly gap?: number;
  /** Refuse models that need more linear memory than this. */
  readonly maxBytes: number;
}

/** `rawConstants` are the constant tensors that kernels read as they are, not packed. */
export function planMemory(
  model: ModelData,
  plans: readonly NodePlan[],
  rawConstants: ReadonlySet<number>,
  options: PlanOptions,
): MemoryPlan {
  let end = STATIC_BYTES;
  const reserve = (bytes: number) => {
    const address = end;
    end = alignUp(end + bytes);
    return address;
  };
  const constants = plans.map((plan) => (plan.constants ?? []).map((bytes) => reserve(bytes.byteLength)));
  const rawAddress = new Map([...rawConstants].map((index) => [index, reserve(byteLength(model.tensors[index]!))]));
  const constantBytes = end - STATIC_BYTES;

  const lifetimes = computeLifetimes(model, plans, options.keepAll ?? false);
  const buffers = planArena(lifetimes.buffers, options.gap);
  const overlap = findOverlap(buffers);
  if (overlap) {
    throw new QbinError("internal", `arena: "${overlap[0].name}" and "${overlap[1].name}" overlap; please report this`);
  }
  const start = alignUp(end + ALIGNMENT);
  const bytes = arenaBytes(buffers) + (options.gap ?? 0);
  const total = start + bytes + SLACK;
  if (total > options.maxBytes) refuseSize(model, total, options.maxBytes);
  const addressOf = (buffer: number) => (buffer < 0 ? 0 : start + (buffers[buffer] as PlacedBuffer).offset);
  return {
    tensors: model.tensors.map((tensor, i) => {
      if (tensor.data) return rawAddress.get(i) ?? -1;
      return addressOf(lifetimes.bufferOfTensor[i]!) + lifetimes.offsetOfTensor[i]!;
    }),
    constants,
    scratch: lifetimes.bufferOfScratch.map(addressOf),
    shared: lifetimes.bufferOfShared.map(addressOf),
    aliased: lifetimes.aliased,
    constantBytes,
    arena: { start, bytes, lowerBound: peakLiveBytes(lifetimes.buffers), buffers },
    end: alignUp(total),
  };
}

function refuseSize(model: ModelData, total: number, limit: number): never {
  const largest = model.tensors.reduce((a, b) => (elementCount(b.shape) > elementCount(a.shape) ? b : a));
  throw new EnvironmentError(
    "memory",
    `model "${model.name}" needs ${total} bytes of linear memory, the limit is ${limit}; its largest tensor is ` +
      `"${largest.name}" ${formatShape(largest.shape)}. Raise maxMemory, or use a smaller model`,
  );
}
