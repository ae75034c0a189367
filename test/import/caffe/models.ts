import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { load } from "../../../host/index.js";

export interface Recorded {
  readonly shape: readonly number[];
  readonly data: string;
}

export interface Values {
  readonly [name: string]: Recorded;
}

const FOLDER = join(import.meta.dirname, "../../models/caffe");

export const fileBytes = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));
export const readJson = (name: string) => JSON.parse(gunzipSync(fileBytes(name)).toString());
export const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
export const floatsOf = ({ data }: Recorded) => new Float32Array(bytesOf(data).slice().buffer);

/** The `.prototxt` and the `.caffemodel` of a network. */
export const pair = (name: string) => [fileBytes(`${name}.prototxt`), fileBytes(`${name}.caffemodel`)] as const;

/** Outputs of one run of the model as a file, in the model's order. */
export async function run(data: ModelData, inputs: Values, options = {}): Promise<Float32Array[]> {
  const model = await load(writeQbin(data), options);
  for (const [name, value] of Object.entries(inputs)) (model.input(name).data as Float32Array).set(floatsOf(value));
  model.run();
  const results = model.outputs.map(({ name }) => (model.output(name).data as Float32Array).slice());
  model.dispose();
  return results;
}
