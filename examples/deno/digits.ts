// deno run --allow-read examples/deno/digits.ts
import { load } from "../../dist/index.js";

const model = await load(new URL("../digits/digits.qbin", import.meta.url));
const images = await Deno.readFile(new URL("../digits/test.bin", import.meta.url));
const { scores } = model.predict({ image: images.subarray(1, 65) });
console.log(model.labels[scores!.indexOf(Math.max(...scores!))]);
