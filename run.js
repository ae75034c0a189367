#!/usr/bin/env node
// node run.js model.qbin input.bin [more inputs] [-o output.bin]; `node run.js --help` has the rest.
import { existsSync } from "node:fs";

const built = new URL("dist/cli/run.js", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write("qbin: dist/ is missing; build it first: npm run build\n");
  process.exitCode = 1;
}
