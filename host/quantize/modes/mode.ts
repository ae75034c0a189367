import type { ModelData } from "../../core/model.js";

/** A node that a mode was asked to take and did not. */
export interface NodeLeft {
  readonly node: string;
  readonly why: string;
}

/** A graph with some nodes quantized, and those that are not although they were asked for. */
export interface ModeResult {
  readonly graph: ModelData;
  readonly left: readonly NodeLeft[];
}
