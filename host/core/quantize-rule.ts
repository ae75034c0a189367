import type { Attributes, Numerics } from "./model.js";
import type { QuantizationParams } from "./quantization.js";

/**
 * How the nodes of one op are quantized: the facet `host/ops/<op>/quantize.ts`. Plain data, so that the quantizer reads it
 * and knows no op by name.
 */
export type QuantizeRule = Int8Rule | FloatRule;

/** A rule, or for ops that are several in one what decides between rules. */
export type QuantizeFacet = QuantizeRule | ((attributes: Attributes) => QuantizeRule);

/** The op has no int8 form; `why` is what a report says about such a node. */
export interface FloatRule {
  readonly runs: "float32";
  readonly why: string;
}

export interface Int8Rule {
  readonly runs: "int8";
  /**
   * "own": every activation, in and out, has parameters of its own. "shared": all have the same, because values are
   * handed on unscaled; such a node takes the type its input has, because alone it is not worth a conversion.
   */
  readonly activations: "own" | "shared";
  /** Parameters that the arithmetic prescribes for the output, whatever was observed. */
  readonly output?: QuantizationParams;
  /** Input 1 is weights with a scale per index of the op's `channelAxis`, input 2 a bias in units of the accumulator. */
  readonly weights?: true;
  /** Profiles to try before the model's own, where that one's arithmetic is needlessly coarse. */
  readonly numerics?: readonly Numerics[];
}

/** 1/256 steps from 0 to 1: what softmax and logistic give out, in every framework. */
export const UNIT_OUTPUT: QuantizationParams = { scale: [1 / 256], zeroPoint: -128 };

/** 1/128 steps from −1 to 1: what tanh gives out. */
export const SIGNED_UNIT_OUTPUT: QuantizationParams = { scale: [1 / 128], zeroPoint: 0 };
