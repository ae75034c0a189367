import { type Family, MODULES, type ModuleName } from "./kernel.js";

/**
 * One exported kernel. Packing, selection, tests and benches read these rows; a test compares them with the exports
 * of the modules. mr × nr is the register tile (rows × output channels), kr the depth values consumed together.
 */
export interface Variant {
  readonly kernel: string;
  readonly modules: readonly ModuleName[];
  readonly family?: Family;
  /** In the module that comes for models that need it; see assembly/more.ts. */
  readonly isMore?: true;
  readonly mr?: number;
  readonly nr?: number;
  readonly kr?: number;
}

/** What a choice depends on besides the layer. */
export interface Machine {
  readonly module: ModuleName;
  readonly family?: Family | undefined;
}

/**
 * The row for a machine, if there is one that `fits`: of the machine's family if it has one, else the first. "extmul" only wins on
 * ARM, which a module cannot tell, relaxed-ss aside: elsewhere it has to be asked for.
 */
export function pickVariant<V extends Variant>(
  rows: readonly V[],
  { module, family }: Machine,
  fits: (variant: V) => boolean = () => true,
): V | undefined {
  const fitting = rows.filter((variant) => variant.modules.includes(module) && fits(variant));
  return (
    fitting.find((variant) => family !== undefined && variant.family === family) ??
    fitting.find((variant) => variant.family !== "extmul" || module === "relaxed-ss")
  );
}

/** A kernel whose weights are packed for its register tile. */
export interface TileVariant extends Variant {
  readonly mr: number;
  readonly nr: number;
  readonly kr: number;
  /** Bytes of a packed weight, and of an activation in scratch. */
  readonly bytes: 1 | 2 | 4;
}

export interface DepthwiseVariant extends TileVariant {
  readonly stride?: number;
}

const US: readonly ModuleName[] = ["relaxed-us"];
const SS: readonly ModuleName[] = ["relaxed-ss"];
const ARM: readonly ModuleName[] = ["simd", ...SS];
const VECTOR: readonly ModuleName[] = [...ARM, ...US];
const SCALAR: readonly ModuleName[] = ["scalar"];

const everywhere = (...kernels: string[]): Variant[] => kernels.map((kernel) => ({ kernel, modules: MODULES }));
const more = (...kernels: string[]): Variant[] => everywhere(...kernels).map((row) => ({ ...row, isMore: true }));

/** int8 convolution from gathered patches; of the rows a module has, the first that fits the layer is used. */
export const CONV: readonly TileVariant[] = [
  { kernel: "qs8_qc8w_conv_2x16c4", modules: US, family: "relaxed", mr: 2, nr: 16, kr: 4, bytes: 1 },
  { kernel: "qs8_qc8w_conv_4x16c4", modules: SS, family: "relaxed", mr: 4, nr: 16, kr: 4, bytes: 1 },
  { kernel: "qs8_qc8w_conv_3x8c16", modules: ARM, family: "extmul", mr: 3, nr: 8, kr: 16, bytes: 1 },
  { kernel: "qs8_qc8w_conv_2x16c2", modules: VECTOR, family: "dot16", mr: 2, nr: 16, kr: 2, bytes: 2 },
  { kernel: "qs8_qc8w_conv_1x4c1", modules: MODULES, mr: 1, nr: 4, kr: 1, bytes: 2 },
];

/** int8 convolution from padded rows, without gathering. */
export const CONV_ROWS: readonly TileVariant[] = [
  { kernel: "qs8_qc8w_conv_rows_2x16c4", modules: US, family: "relaxed", mr: 2, nr: 16, kr: 4, bytes: 1 },
  { kernel: "qs8_qc8w_conv_rows_4x16c4", modules: SS, family: "relaxed", mr: 4, nr: 16, kr: 4, bytes: 1 },
  { kernel: "qs8_qc8w_conv_rows_3x8c16", modules: ARM, family: "extmul", mr: 3, nr: 8, kr: 16, bytes: 1 },
  { kernel: "qs8_qc8w_conv_rows_2x16c2", modules: VECTOR, family: "dot16", mr: 2, nr: 16, kr: 2, bytes: 2 },
];

/** int8 convolution 3×3 by Winograd's transform; rows and columns of its products, 16 of them. */
export const CONV_WINOGRAD: readonly TileVariant[] = [
  { kernel: "qs8_qc8w_conv_3x3w_2x16c2", modules: ["simd"], family: "dot16", mr: 2, nr: 16, kr: 2, bytes: 2 },
];

/** One row of activations against panels of weights: fully connected layers. */
export const GEMV: readonly TileVariant[] = [
  { kernel: "qs8_qc8w_gemv_1x32c4", modules: US, family: "relaxed", mr: 1, nr: 32, kr: 4, bytes: 1 },
  { kernel: "qs8_qc8w_gemv_1x16c4", modules: SS, family: "relaxed", mr: 1, nr: 16, kr: 4, bytes: 1 },
  { kernel: "qs8_qc8w_gemv_1x8c16", modules: ARM, family: "extmul", mr: 1, nr: 8, kr: 16, bytes: 1 },
  { kernel: "qs8_qc8w_gemv_1x16c2", modules: VECTOR, family: "dot16", mr: 1, nr: 16, kr: 2, bytes: 2 },
];

/** Convolution with the fixed-point rounding of numerics "tflite". */
export const CONV_FIXED = {
  once: { kernel: "qs8_qc8w_conv_2x8c2_once", modules: MODULES, mr: 2, nr: 8, kr: 2, bytes: 2, isMore: true },
  twice: { kernel: "qs8_qc8w_conv_2x8c2_twice", modules: MODULES, mr: 2, nr: 8, kr: 2, bytes: 2, isMore: true },
} as const satisfies Record<string, TileVariant>;

/** Depthwise, nr channels at a time; kernels of kr 9 are for 3×3 alone, the ones with a stride for that one. */
export const DEPTHWISE: readonly DepthwiseVariant[] = [
  { kernel: "qs8_qc8w_dwconv_3x3s1c8r", modules: US, family: "relaxed", stride: 1, mr: 1, nr: 8, kr: 9, bytes: 1 },
  { kernel: "qs8_qc8w_dwconv_3x3s2c8r", modules: US, family: "relaxed", stride: 2, mr: 1, nr: 8, kr: 9, bytes: 1 },
  { kernel: "qs8_qc8w_dwconv_3x3c16", modules: ARM, family: "extmul", mr: 1, nr: 16, kr: 9, bytes: 1 },
  { kernel: "qs8_qc8w_dwconv_3x3s1c8", modules: VECTOR, family: "dot16", stride: 1, mr: 1, nr: 8, kr: 9, bytes: 2 },
  { kernel: "qs8_qc8w_dwconv_3x3s2c8", modules: VECTOR, family: "dot16", stride: 2, mr: 2, nr: 8, kr: 9, bytes: 2 },
  { kernel: "qs8_qc8w_dwconv_c8", modules: VECTOR, family: "dot16", mr: 1, nr: 8, kr: 2, bytes: 2 },
  { kernel: "qs8_qc8w_dwconv_c1", modules: SCALAR, mr: 1, nr: 1, kr: 1, bytes: 2 },
];

/** Convolution and matrix product of activations that are quantized while the model runs. */
export const DYNAMIC_CONV: readonly TileVariant[] = [
  { kernel: "qd8_f32_qc8w_conv_4x8c4", modules: [...US, ...SS], family: "relaxed", mr: 4, nr: 8, kr: 4, bytes: 1 },
  { kernel: "qd8_f32_qc8w_conv_4x8c2", modules: VECTOR, family: "dot16", mr: 4, nr: 8, kr: 2, bytes: 2 },
  { kernel: "qd8_f32_qc8w_conv_1x4c1", modules: SCALAR, mr: 1, nr: 4, kr: 1, bytes: 2 },
];

/** float32 convolution and matrix product. */
export const F32_CONV: readonly TileVariant[] = [
  { kernel: "f32_conv_4x8", modules: VECTOR, mr: 4, nr: 8, kr: 1, bytes: 4 },
  { kernel: "f32_conv_1x4", modules: SCALAR, mr: 1, nr: 4, kr: 1, bytes: 4 },
];

/** The same for one or two rows; takes two panels of nr channels at a time. */
export const F32_GEMV: readonly TileVariant[] = [
  { kernel: "f32_gemv_1x16", modules: VECTOR, mr: 1, nr: 8, kr: 1, bytes: 4 },
];

/** Sums of int16 activations with int8 weights. */
export const WIDE_CONV: readonly TileVariant[] = [
  { kernel: "qs16_s32_qc8w_conv_4x8c2", modules: VECTOR, mr: 4, nr: 8, kr: 2, bytes: 2 },
  { kernel: "qs16_s32_qc8w_conv_1x4c1", modules: SCALAR, mr: 1, nr: 4, kr: 1, bytes: 2 },
];
export const WIDE: readonly Variant[] = [
  ...everywhere("qs16_avgpool", "qs16_maxpool"),
  ...more("qs16_s32_qc8w_dwconv", "qs16_vbinary", "qs16_vcvt", "s32_qs16_vcvt"),
];
export const DYNAMIC: readonly Variant[] = more("f32_qd8_params", "f32_qd8_rows", "qs8_rows", "qd8_f32_qc8w_dwconv");
/** Arithmetic of ONNX Runtime's own. */
export const ONNX: readonly Variant[] = more(
  "f32_qs8_vcvt_onnx",
  "qs8_bmm",
  "qs8_s16_rows",
  "qs8_softmax_onnx",
  "qs8_vadd_onnx",
  "qs8_vmul_onnx",
);

/** Kernels without tiles of their own: one source, the same bits, vectorized where the module allows. */
export const ELEMENTWISE: readonly Variant[] = [
  ...everywhere(
    "f32_qs8_vcvt",
    "f32_qs8_vcvt_tflite",
    "f32_vadd",
    "f32_vclamp",
    "qs8_f32_vcvt",
    "qs8_vadd",
    "qs8_vadd_tflite",
    "qs8_vlrelu",
    "s8_vclamp",
    "x8_lut",
  ),
  ...more(
    "f32_qs8_vcvt_reference",
    "f32_vbinary",
    "f32_vhswish",
    "f32_vlrelu",
    "f32_vmath",
    "f32_vmul",
    "f32_vunary",
    "qs8_vbinary",
    "qs8_vmul",
    "qs8_vmul_tflite",
    "vcast",
  ),
];
/** Weights stored small to the panels of the kernels above, by their dtype. */
export const UNPACK = {
  float16: "f32_f16w_unpack",
  int8: "f32_qc8w_unpack",
  int4: "f32_qb4w_unpack",
  uint4: "f32_qb4w_unpack",
} as const;
export const FLOAT: readonly Variant[] = [
  ...F32_CONV,
  ...F32_GEMV,
  ...everywhere("f32_dwconv", UNPACK.int8),
  ...more("f32_bmm", UNPACK.float16, UNPACK.int4),
];
export const MOVE: readonly Variant[] = [
  ...everywhere("x8_copy", "x8_fill"),
  ...more("x8_gather", "x8_transpose", "x32_transpose", "x8_zip_x3", "x32_zip_x3"),
];
export const PACK: readonly Variant[] = [
  ...everywhere("x8_packw", "x8_packw_dw"),
  { kernel: "x8_packw_3x3w", modules: ["simd"] },
];
export const DIGEST: readonly Variant[] = everywhere("x8_sha256");
export const POOL: readonly Variant[] = everywhere("qs8_avgpool", "qs8_maxpool", "f32_avgpool", "f32_maxpool");
export const REDUCE: readonly Variant[] = [
  ...everywhere("qs8_rsum", "qs8_mean", "qs8_mean_tflite", "f32_mean"),
  ...more("f32_lrn", "f32_reduce", "qs8_argmax", "f32_argmax"),
];
export const RESIZE: readonly Variant[] = more(
  "qs8_ibilinear",
  "qu8_ibilinear",
  "qu8_ibilinear_reference",
  "f32_ibilinear",
  "x8_inearest",
);
export const SOFTMAX: readonly Variant[] = [...everywhere("f32_softmax", "qs8_softmax"), ...more("qs8_softmax_fixed")];
export const GEMM_REFERENCE: readonly Variant[] = more("qs8_gemm_reference");

export const VARIANTS: readonly Variant[] = [
  ...CONV,
  ...CONV_ROWS,
  ...CONV_WINOGRAD,
  ...GEMV,
  ...Object.values(CONV_FIXED),
  ...DEPTHWISE,
  ...DYNAMIC_CONV,
  ...DYNAMIC,
  ...WIDE_CONV,
  ...WIDE,
  ...ELEMENTWISE,
  ...ONNX,
  ...FLOAT,
  ...MOVE,
  ...DIGEST,
  ...PACK,
  ...POOL,
  ...REDUCE,
  ...RESIZE,
  ...SOFTMAX,
  ...GEMM_REFERENCE,
];
