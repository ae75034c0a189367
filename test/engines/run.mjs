#!/usr/bin/env node
/** The command line of harness.mjs: arguments and printing only. */
import { parseArgs } from "node:util";
import { DEFAULTS, runEngines } from "./harness.mjs";
import { formatResult } from "./table.mjs";

const USAGE = `node test/engines/run.mjs [options]
  --engines LIST   of ${DEFAULTS.engines.join(",")} (default: all)
  --suites LIST    files (default: all of build/suites)
  --modules LIST   handed to the suites one by one (default: ${DEFAULTS.modules.join(",")})
  --param K=V      handed to the suites; may be repeated
  --timeout S      seconds per engine (default: ${DEFAULTS.timeoutMs / 1000})
  --jobs N         engines at a time (default: ${DEFAULTS.jobs})
  --json           print the result as JSON alone
Exit status 1 when a case failed, an engine crashed, hung or reported nothing, or, with CI set, was not found.`;

try {
  const options = readOptions();
  if (options.help) console.log(USAGE);
  else await main(options);
} catch (error) {
  console.error(`test/engines: ${error.message}`);
  process.exitCode = 1;
}

async function main({ json, ...options }) {
  const result = await runEngines({ ...options, log: (line) => console.error(line) });
  console.log(json ? JSON.stringify(result, summarised, 2) : `\n${formatResult(result)}`);
  process.exitCode = result.ok ? 0 : 1;
}

/** The names of ten thousand passed cases are no news. */
function summarised(key, value) {
  return key === "cases" && Array.isArray(value) ? value.length : value;
}

function readOptions() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: {
      engines: text,
      suites: text,
      modules: text,
      param: { type: "string", multiple: true, default: [] },
      timeout: text,
      jobs: text,
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { json, help } = values;
  const options = { json, help, params: Object.fromEntries(values.param.map(parameter)) };
  for (const name of ["engines", "suites", "modules"]) {
    if (values[name]) options[name] = values[name].split(",").filter(Boolean);
  }
  if (values.timeout) options.timeoutMs = 1000 * positive("timeout", values.timeout);
  if (values.jobs) options.jobs = Math.ceil(positive("jobs", values.jobs));
  return options;
}

function parameter(text) {
  const at = text.indexOf("=");
  if (at < 1) throw new Error(`--param ${text}: write NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} ${text}: write a number above 0`);
  return value;
}
