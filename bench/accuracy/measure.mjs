/** Quantizes a model in one way after another and measures each: right answers, noise, bytes and time. */

/** Timed runs; the fastest of them is the time that others on the machine disturbed least. */
const RUNS = 200;

/**
 * @param {import("./models.mjs").Subject} subject
 * @param {{ toolchain: object, load: Function }} qbin
 */
export async function measureWith({ graph, calibration, test }, { toolchain, load }) {
  const { evaluate, quantize, writeQbin } = toolchain;
  const samples = [...test()];
  const reference = remembered(await load(writeQbin(graph)));
  // One calibration of the float model serves all, and one of the equalized model all that equalize.
  const known = new Map();
  /** @param {object} options of `quantize` */
  return async (options) => {
    const isEqualized = options.equalize === true;
    const seen = known.get(isEqualized);
    const all = { samples: calibration, ...(seen && { calibration: seen }), ...options };
    const { graph: result, report, calibration: found } = await quantize(graph, all);
    if (found) known.set(isEqualized, found);
    const bytes = writeQbin(result);
    const model = await load(bytes);
    const { top1, signalToNoise } = await evaluate(model, samples, { reference });
    const microseconds = fastest(model);
    model.dispose();
    return { percent: 100 * top1, decibels: signalToNoise, bytes: bytes.length, microseconds, report };
  };
}

/** A model that computes each sample once: the float one is compared with again and again. */
function remembered(model) {
  const known = new Map();
  return {
    predict(inputs) {
      if (!known.has(inputs)) known.set(inputs, copied(model.predict(inputs)));
      return known.get(inputs);
    },
  };
}

const copied = (outputs) => Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]));

function fastest(model) {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    model.run();
    least = Math.min(least, performance.now() - started);
  }
  return 1000 * least;
}
