// Writes the models of single-ops.ts and their inputs for make_tflite_golden.py: node write-single-ops.mjs FOLDER
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const [folder] = process.argv.slice(2);
const bundle = await rolldown({
  input: new URL("single-ops.ts", import.meta.url).pathname,
  platform: "node",
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
});
const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
const { singleOps } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);

const index = [...singleOps()].map(({ group, file, inputs }, i) => {
  writeFileSync(join(folder, `${i}.tflite`), file);
  for (const [k, bytes] of inputs.entries()) writeFileSync(join(folder, `${i}.input${k}.bin`), bytes);
  return { group, inputs: inputs.length };
});
writeFileSync(join(folder, "index.json"), JSON.stringify(index));
