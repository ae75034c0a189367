import type { Numerics } from "../core/model.js";
import type { PlacedBuffer } from "../plan/arena.js";
import type { ModuleChoice } from "../wasm/detect.js";
import type { ModuleName } from "../wasm/kernel.js";
import { facetOf } from "./facets.js";
import type { Session, Threading } from "./session.js";

/** One node of the graph and what runs for it. */
export interface NodeInfo {
  readonly name: string;
  readonly op: string;
  readonly numerics: Numerics;
  /** Kernels in order, each once; none where the output is the input under another name. */
  readonly kernels: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly dtype: string;
  /** How the weights are stored, in ops that have weights. */
  readonly weights?: string;
  readonly shape: readonly number[];
  readonly macs: number;
}

export interface ModelInfo extends Threading {
  readonly module: ModuleName;
  /** Why this module. */
  readonly reason: string;
  /** Bytes of the Wasm binary. */
  readonly wasmBytes: number;
  readonly numerics: Numerics;
  readonly keepAll: boolean;
  readonly nodes: readonly NodeInfo[];
  readonly steps: number;
  readonly macs: number;
  readonly memory: {
    /** Packed weights and tables. */
    readonly weights: number;
    readonly arena: number;
    /** The largest sum of tensors alive at one step: no arena can be smaller. */
    readonly arenaLowerBound: number;
    /** All linear memory of this model. */
    readonly total: number;
  };
  readonly buffers: readonly PlacedBuffer[];
}

export function describeInfo(session: Session, choice: ModuleChoice, wasmBytes: number): ModelInfo {
  const { model, plan, steps } = session;
  const name = (index: number) => model.tensors[index]?.name ?? "";
  const kernels = model.nodes.map(() => new Set<string>());
  for (const { node, kernel } of steps) kernels[node]!.add(kernel);
  const nodes = model.nodes.map((node, i): NodeInfo => {
    const outputs = node.outputs.map((index) => model.tensors[index]!);
    const inputs = node.inputs.map((index) => model.tensors[index]);
    const { definition } = facetOf(node.op);
    return {
      name: node.name,
      op: node.op,
      numerics: node.numerics,
      kernels: [...kernels[i]!],
      inputs: node.inputs.map(name),
      outputs: node.outputs.map(name),
      dtype: outputs[0]!.dtype,
      ...(definition.channelAxis !== undefined && { weights: inputs[1]!.dtype }),
      shape: outputs[0]!.shape,
      macs: definition.macs?.(inputs, outputs) ?? 0,
    };
  });
  return {
    module: choice.name,
    reason: choice.reason,
    wasmBytes,
    numerics: model.numerics,
    threads: 1,
    threadsReason: "default",
    ...session.threading,
    keepAll: session.keepAll,
    nodes,
    steps: steps.length,
    macs: nodes.reduce((sum, node) => sum + node.macs, 0),
    memory: {
      weights: plan.constantBytes,
      arena: plan.arena.bytes,
      arenaLowerBound: plan.arena.lowerBound,
      total: session.memory.buffer.byteLength,
    },
    buffers: plan.arena.buffers,
  };
}
