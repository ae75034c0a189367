/** Command lines of the benches. */
import { parseArgs } from "node:util";
import { ENGINE_NAMES, openEngine } from "./engine.mjs";
import { describeFacts, machineFacts } from "./report.mjs";
import { oneLine } from "./text.mjs";

/** Modules of qbin, the least demanding first. */
export const MODULES = ["scalar", "simd", "relaxed-us", "relaxed-ss"];

/** Options every bench takes; `USAGE` is their part of each usage text. */
const COMMON = {
  engine: { type: "string", default: "node" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};
const USAGE = `  --engine E     ${ENGINE_NAMES.join(", ")} (node: the one that runs this)
  --json         JSON lines alone on standard output`;

/**
 * Reads the command line, opens the engine and runs `main`; an error becomes one line on standard error and exit status 1.
 *
 * @param {string} name  of the bench
 * @param {{ usage: string, options?: object }} bench  what it takes beside the common options
 * @param {(context: {
 *   options: object, engine: Awaited<ReturnType<typeof openEngine>>, facts: object,
 *   say: (text: string) => void,      standard output, for people: silent with --json
 *   emit: (line: object) => void,     a JSON line with the facts, with --json
 *   progress: (text: string) => void  standard error, silent with --json
 * }) => Promise<void>} main
 */
export async function runBench(name, { usage, options: own = {} }, main) {
  let engine;
  try {
    const { values: options } = parseArgs({ options: { ...own, ...COMMON } });
    if (options.help) return console.log(`npm run bench -- ${name} [options]\n${usage}\n${USAGE}`);
    choose("--engine", options.engine, ENGINE_NAMES);
    engine = await openEngine(options.engine);
    const facts = machineFacts(engine.label);
    const forPeople = (print) => (text) => options.json || print(text);
    const say = forPeople((text) => console.log(text));
    const progress = forPeople((text) => console.error(text));
    const emit = (line) => options.json && console.log(JSON.stringify({ bench: name, ...line, ...facts }));
    say(`${describeFacts(facts)}\n`);
    await main({ options, engine, facts, say, emit, progress });
  } catch (error) {
    console.error(`bench ${name}: ${oneLine(error)}`);
    process.exitCode = 1;
  } finally {
    await engine?.close();
  }
}

/** A list like "a,b" of known names. @throws Error that names what was given and what is there */
export function choose(option, given, known, fallback = known) {
  if (given === undefined) return fallback;
  const names = given.split(",").filter((name) => name !== "");
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${option} ${unknown.join(",")}: not one of ${known.join(", ")}`);
  return names;
}

/** @throws Error below `least` */
export function wholeNumber(option, given, fallback, least) {
  const number = Number(given ?? fallback);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`${option} ${given}: needs a whole number of at least ${least}`);
}
