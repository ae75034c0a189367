/** qbin/node: files for Node, Deno and Bun. The runtime itself needs none of this: it takes bytes. */

export { type Dataset, type DatasetOptions, type DatasetSample, openDataset } from "./node/dataset/dataset.js";
export type { DatasetInput } from "./node/dataset/record-format.js";
export { readLabelsFile } from "./node/labels-file.js";
export { readBeside } from "./node/read-beside.js";
export { readModelFile } from "./node/read-file.js";
export {
  readTensorFile,
  type TensorFileContent,
  type TensorFileType,
  writeTensorFile,
  writeTensorFiles,
} from "./node/tensor-file.js";
export { writeFileAtomically } from "./node/write-file.js";
