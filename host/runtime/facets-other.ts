import { prepareArgMax } from "../ops/arg_max/kernel.js";
import { argMax } from "../ops/arg_max/op.js";
import { prepareHardSwish } from "../ops/hard_swish/kernel.js";
import { hardSwish } from "../ops/hard_swish/op.js";
import type { OpName } from "../ops/index.js";
import { prepareLeakyRelu } from "../ops/leaky_relu/kernel.js";
import { leakyRelu } from "../ops/leaky_relu/op.js";
import { prepareLogistic } from "../ops/logistic/kernel.js";
import { logistic } from "../ops/logistic/op.js";
import { prepareMul } from "../ops/mul/kernel.js";
import { mul } from "../ops/mul/op.js";
import { prepareResizeBilinear } from "../ops/resize_bilinear/kernel.js";
import { resizeBilinear } from "../ops/resize_bilinear/op.js";
import { prepareResizeNearest } from "../ops/resize_nearest/kernel.js";
import { resizeNearest } from "../ops/resize_nearest/op.js";
import { prepareSlice } from "../ops/slice/kernel.js";
import { slice } from "../ops/slice/op.js";
import { prepareSplit } from "../ops/split/kernel.js";
import { split } from "../ops/split/op.js";
import { prepareSub } from "../ops/sub/kernel.js";
import { sub } from "../ops/sub/op.js";
import { prepareTanh } from "../ops/tanh/kernel.js";
import { tanh } from "../ops/tanh/op.js";
import { prepareTranspose } from "../ops/transpose/kernel.js";
import { transpose } from "../ops/transpose/op.js";
import { facet } from "./facet.js";
import type { COMMON } from "./facets-common.js";

/** All other ops. */
export const OTHER = {
  arg_max: facet(argMax, prepareArgMax),
  hard_swish: facet(hardSwish, prepareHardSwish),
  leaky_relu: facet(leakyRelu, prepareLeakyRelu),
  logistic: facet(logistic, prepareLogistic),
  mul: facet(mul, prepareMul),
  resize_bilinear: facet(resizeBilinear, prepareResizeBilinear),
  resize_nearest: facet(resizeNearest, prepareResizeNearest),
  slice: facet(slice, prepareSlice),
  split: facet(split, prepareSplit),
  sub: facet(sub, prepareSub),
  tanh: facet(tanh, prepareTanh),
  transpose: facet(transpose, prepareTranspose),
};

/** A compile error here names an op that is in neither table. */
type Missing = Exclude<OpName, keyof typeof COMMON | keyof typeof OTHER>;
export const NONE_MISSING: [Missing] extends [never] ? true : Missing = true;
