/**
 * What `--assert` demands: the least peer / qbin per model. Relaxed SIMD is compared with the peer's relaxed build, SIMD128
 * with the fastest SIMD128 peer, float32 with the fastest of all.
 */
const RELAXED = {
  "tf2_mobilenet_v2_1.0_224_ptq": 1.8,
  "mobilenet_v1_0.25_128_quant": 3.0,
  resnet8_int8: 1.4,
  kws_int8: 1.5,
  vww_int8: 2.0,
  ad01_int8: 1.6,
  hello_world_int8: 15,
};
const SIMD = {
  "tf2_mobilenet_v2_1.0_224_ptq": 1.6,
  "mobilenet_v1_0.25_128_quant": 1.5,
  resnet8_int8: 1.6,
  kws_int8: 1.6,
  vww_int8: 1.6,
  ad01_int8: 1.6,
  hello_world_int8: 1.6,
  split_concat: 1.5,
};
const FLOAT = { resnet8_fp32: 1.1, vww_fp32: 1.1, ad01_fp32: 1.1 };

/**
 * @typedef {{ model: string, least: number, peer?: string, ratio?: number, ok: boolean, reason: string }} Verdict
 *   `peer` is the one compared with; `reason` says it in words
 *
 * @param {import("./warm-report.mjs").Row[]} rows
 * @returns {Verdict[]} one per model that has a target and was measured
 */
export function verdicts(rows) {
  const models = [...new Set(rows.map(({ model }) => model))];
  return models.flatMap((model) => {
    const ofModel = rows.filter((row) => row.model === model);
    const qbin = ofModel.find(({ runtime }) => runtime === "qbin");
    const isRelaxed = qbin?.module.startsWith("relaxed");
    const least = FLOAT[model] ?? (isRelaxed ? RELAXED : SIMD)[model];
    if (qbin === undefined || least === undefined) return [];
    if (!qbin.ok) return [{ model, least, ok: false, reason: `qbin ${qbin.answer}` }];
    const mayCompare = ({ module }) => FLOAT[model] || module.startsWith("relaxed") === isRelaxed;
    const peers = ofModel.filter((row) => row !== qbin && row.ratio && mayCompare(row));
    const peer = peers.toSorted((a, b) => a.ratio - b.ratio)[0];
    // A check that skips in silence is none.
    if (!peer) return [{ model, least, ok: false, reason: "no peer of the same instruction set answered right" }];
    const { runtime, ratio } = peer;
    const reason = `${ratio.toFixed(2)} times as fast as ${runtime}, at least ${least.toFixed(1)} wanted`;
    return [{ model, least, peer: runtime, ratio, ok: ratio >= least, reason }];
  });
}
