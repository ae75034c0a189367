/** `npm run bench -- NAME [arguments]`: one place to start every bench from. */
import { existsSync } from "node:fs";
import { ensureBuilt, ensureInstalled, root, run } from "../scripts/project.mjs";

const BENCHES = {
  size: ["bench/size/run.mjs", "bytes of every entry and module"],
  peers: ["bench/peers/run.mjs", "time per inference beside LiteRT.js and tfjs-tflite"],
  cold: ["bench/peers/cold.mjs", "bytes in memory to first result, in fresh processes"],
  kernels: ["bench/kernels/run.mjs", "GMAC/s of every kernel on the shapes of real models"],
  models: ["bench/models/run.mjs", "time of every model, step by step"],
};

const [name, ...args] = process.argv.slice(2);
const usage = `npm run bench -- NAME [arguments]\n${Object.entries(BENCHES)
  .map(([bench, [, what]]) => `  ${bench.padEnd(9)}${what}`)
  .join("\n")}`;

if (name === undefined || name === "--help") {
  console.log(usage);
} else if (!Object.hasOwn(BENCHES, name)) {
  console.error(`there is no bench "${name}"\n${usage}`);
  process.exitCode = 1;
} else {
  const [script] = BENCHES[name];
  if (!existsSync(`${root}${script}`)) {
    console.error(`${script} does not exist yet`);
    process.exit(1);
  }
  ensureInstalled();
  ensureBuilt();
  run(script, ...args);
}
