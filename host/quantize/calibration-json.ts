import { CalibrationError } from "../core/errors.js";
import type { Calibration } from "./calibrate.js";
import { ZERO_BIN } from "./histogram.js";
import type { Observation } from "./observation.js";

const FORMAT = "qbin calibration 1";

/** `calibration` as plain data for `JSON.stringify`: to go on later, or to quantize again without the samples. */
export function calibrationToJson({ model, samples, tensors }: Calibration): unknown {
  return {
    format: FORMAT,
    model,
    samples,
    tensors: Object.fromEntries([...tensors].map(([name, o]) => [name, pack(o)])),
  };
}

/** Only the bins between the first and the last that is not 0: most are. */
function pack({ histogram, samples, channelSums, ...extremes }: Observation) {
  const { width, zeros, counts } = histogram;
  const first = counts.findIndex((count) => count !== 0);
  const end = counts.findLastIndex((count) => count !== 0) + 1;
  return {
    ...extremes,
    samples,
    channelSums: [...channelSums],
    width,
    zeros,
    first: Math.max(first, 0),
    counts: [...counts.subarray(Math.max(first, 0), end)],
  };
}

/**
 * What `calibrationToJson` made.
 *
 * @throws CalibrationError for anything else
 */
export function calibrationFromJson(value: unknown): Calibration {
  const { format, model, samples, tensors } = record(value, "the file");
  if (format !== FORMAT) throw refusal(`its format is ${JSON.stringify(format)?.slice(0, 40)}, not "${FORMAT}"`);
  if (typeof model !== "string") throw refusal("it names no model");
  const entries = Object.entries(record(tensors, "tensors"));
  const seen = count(samples, "samples");
  return {
    model,
    samples: seen,
    tensors: new Map(entries.map(([name, packed]) => [name, unpack(packed, name, seen)])),
  };
}

function unpack(value: unknown, name: string, samples: number): Observation {
  const who = `tensor "${name}"`;
  const packed = record(value, who);
  const number = (key: string): number => {
    const found = packed[key];
    if (typeof found !== "number" || !Number.isFinite(found)) throw refusal(`${who} has no number "${key}"`);
    return found;
  };
  const histogram = {
    width: number("width"),
    zeros: count(packed["zeros"], who),
    counts: new Float64Array(2 * ZERO_BIN),
  };
  const first = count(packed["first"], who);
  const counts = packed["counts"];
  if (!Array.isArray(counts) || first + counts.length > histogram.counts.length) throw refusal(`${who} has other bins`);
  histogram.counts.set(
    counts.map((bin) => count(bin, who)),
    first,
  );
  if (histogram.width < 0 || count(packed["samples"], who) !== samples) throw refusal(`${who} has other samples`);
  const sums = packed["channelSums"];
  if (!Array.isArray(sums) || !sums.every(Number.isFinite)) throw refusal(`${who} has no channel sums`);
  const channelSums = Float64Array.from(sums);
  const [min, max, averageMin, averageMax] = [number("min"), number("max"), number("averageMin"), number("averageMax")];
  return { min, max, averageMin, averageMax, samples, channelSums, histogram };
}

function record(value: unknown, who: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refusal(`${who} is no object`);
  return value as Record<string, unknown>;
}

function count(value: unknown, who: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw refusal(`${who}: ${JSON.stringify(value)?.slice(0, 40)} is no count`);
}

function refusal(message: string): CalibrationError {
  return new CalibrationError(`this is no calibration of qbin's: ${message}`);
}
