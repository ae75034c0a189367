import { parseArgs } from "node:util";
import { PEERS } from "../peers/index.mjs";
import { modelNames } from "./cases.mjs";

/** Options both benches take. */
const COMMON = {
  models: { type: "string" },
  peers: { type: "string" },
  module: { type: "string", default: "simd" },
  rounds: { type: "string" },
  json: { type: "boolean", default: false },
  "no-qbin": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

/**
 * @param {{ usage: string, rounds: number, minRounds: number, peers: string[], models?: string[], options?: object }} bench
 *   defaults of the bench, and options of its own for `parseArgs`
 * @returns {{ models: string[], runtimes: string[], rounds: number, module: string, json: boolean }}
 * @throws Error that names what was given and what is there
 */
export function readOptions(bench) {
  const { values } = parseArgs({ options: { ...COMMON, ...bench.options } });
  if (values.help) {
    console.log(bench.usage);
    process.exit(0);
  }
  const rounds = Number(values.rounds ?? bench.rounds);
  if (!Number.isInteger(rounds) || rounds < bench.minRounds) {
    throw new Error(`--rounds ${values.rounds}: needs a whole number of at least ${bench.minRounds}`);
  }
  const peers = choose("--peers", values.peers, Object.keys(PEERS), bench.peers);
  return {
    ...values,
    rounds,
    models: choose("--models", values.models, modelNames(), bench.models ?? modelNames()),
    runtimes: values["no-qbin"] ? peers : ["qbin", ...peers],
  };
}

function choose(option, given, known, fallback) {
  if (given === undefined) return fallback;
  const names = given.split(",").filter((name) => name !== "");
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${option} ${unknown.join(",")}: not one of ${known.join(", ")}`);
  return names;
}

/** Runs a bench; an error becomes one line on standard error and exit status 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(`bench/peers: ${oneLine(error)}`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error  Emscripten throws numbers and strings too */
export const oneLine = (error) => String(error?.message ?? error).split("\n")[0];
