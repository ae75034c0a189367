import { ELEMENT_BYTES } from "../core/dtype.js";
import type { Convolution } from "./convolution.js";
import { floatValues } from "./float-pack.js";

/** Panels of weights that are stored small, all of one size. */
export interface StoredPanels {
  readonly bytes: Uint8Array;
  readonly panelBytes: number;
}

/**
 * Weights in the order of a float32 kernel's panels, as small as the model stores them. One panel per `width` output
 * channels of a group, the last one padded with zeros:
 *
 *   float32 bias[width] | scales | codes
 *
 *   float16       no scales                        codes[k][width] of 2 bytes
 *   int8          float32 scale[width]             codes[k][width]
 *   int4, uint4   bfloat16 scale[runs][width]      for each run codes[rows / 2][width], two depth values to a byte
 *
 * A run is `group` depth values that share a scale, the last one maybe fewer; of an odd number the last byte holds one.
 */
export function packStored(conv: Convolution, k: number, width: number): StoredPanels {
  const { data, dtype, quantization } = conv.weights;
  const size = ELEMENT_BYTES[dtype];
  const is4Bit = size < 1;
  const group = quantization?.group ?? k;
  const runs = Math.ceil(k / group);
  const runRows = Math.ceil(group / 2);
  const scaleBytes = is4Bit ? 2 * runs : quantization ? 4 : 0;
  const codeBytes = is4Bit ? (runs - 1) * runRows + Math.ceil((k - (runs - 1) * group) / 2) : k * size;
  const panelBytes = width * (4 + scaleBytes + codeBytes);

  const source = data!;
  const bias = floatValues(conv.bias);
  const scales = new Uint32Array(Float32Array.from(quantization?.scale ?? []).buffer);
  const channels = conv.outputShape[3]!;
  const groupOut = channels / conv.groups;
  const panels = conv.groups * Math.ceil(groupOut / width);
  const bytes = new Uint8Array(panels * panelBytes);
  const view = new DataView(bytes.buffer);

  const writeChannel = (c: number, panel: number, n: number) => {
    const scaleAt = panel + 4 * width;
    const codeAt = scaleAt + scaleBytes * width;
    if (bias) view.setFloat32(panel + 4 * n, bias[c]!, true);
    if (is4Bit) {
      for (let r = 0; r < runs; r++) view.setUint16(scaleAt + 2 * (r * width + n), scales[c * runs + r]! >>> 16, true);
    } else if (quantization) {
      view.setUint32(scaleAt + 4 * n, scales[scales.length === 1 ? 0 : c]!, true);
    }
    let element = c * conv.weightStride.channel;
    for (let d = 0; d < k; d++) {
      if (is4Bit) {
        const row = d % group;
        const to = codeAt + (Math.floor(d / group) * runRows + (row >> 1)) * width + n;
        bytes[to]! |= ((source[element >> 1]! >> (4 * (element & 1))) & 15) << (4 * (row & 1));
      } else {
        for (let b = 0; b < size; b++) bytes[codeAt + (d * width + n) * size + b] = source[element * size + b]!;
      }
      element += conv.weightStride.depth;
    }
  };
  let panel = 0;
  for (let first = 0; first < channels; first += groupOut) {
    for (let c = first; c < first + groupOut; c += width) {
      for (let n = 0; n < width && c + n < first + groupOut; n++) writeChannel(c + n, panel, n);
      panel += panelBytes;
    }
  }
  return { bytes, panelBytes };
}

/** What 4 bits stand for: a codebook or the numbers −8 to 7. With SIMD all first bytes, then all second ones, and so on. */
export function nibbleTable(conv: Convolution): Uint8Array {
  const { codebook = Array.from({ length: 16 }, (_, q) => (q ^ 8) - 8) } = conv.weights.quantization ?? {};
  const bytes = new Uint8Array(Float32Array.from(codebook).buffer);
  return conv.module === "scalar" ? bytes : bytes.map((_, i) => bytes[(i % 16) * 4 + (i >> 4)]!);
}
