import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Writes .caffemodel files by the public field numbers, right or wrong as a test wants them. */

export interface BlobSpec {
  /** A BlobShape; absent for `legacy`. */
  readonly dims?: readonly number[];
  readonly legacy?: readonly [number, number, number, number];
  readonly data: readonly number[];
  readonly isDouble?: boolean;
}

export type LayerBlobs = Readonly<Record<string, readonly BlobSpec[]>>;

const LAYER = { net: 100, name: 1, blobs: 7 };

function nested(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeBlob(writer: BinaryWriter, { dims, legacy, data, isDouble = false }: BlobSpec): void {
  legacy?.forEach((dimension, i) => {
    writer.tag(i + 1, WireType.Varint).int32(dimension);
  });
  if (dims) {
    nested(writer, 7, (shape) =>
      nested(shape, 1, (list) => {
        for (const dimension of dims) list.int64(BigInt(dimension));
      }),
    );
  }
  nested(writer, isDouble ? 8 : 5, (list) => {
    for (const value of data) isDouble ? list.double(value) : list.float(value);
  });
}

/** Layers with their blobs; `oldest` nests them as the first version of the format does. */
export function writeCaffemodel(layers: LayerBlobs, { oldest = false } = {}): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string("net");
  for (const [name, blobs] of Object.entries(layers)) {
    const write = (layer: BinaryWriter) => {
      layer.tag(LAYER.name, WireType.LengthDelimited).string(name);
      for (const blob of blobs) nested(layer, oldest ? 50 : LAYER.blobs, (inner) => writeBlob(inner, blob));
    };
    if (oldest) nested(writer, 2, (layer) => nested(layer, 1, write));
    else nested(writer, LAYER.net, write);
  }
  return writer.finish();
}

/** A network of one input "data" and the given layers, as text. */
export function prototxt(dims: readonly number[], layers: string): Uint8Array {
  const shape = dims.map((dimension) => `dim: ${dimension}`).join(" ");
  return new TextEncoder().encode(`name: "net" input: "data" input_shape { ${shape} }\n${layers}\n`);
}

/** One layer from "data" to "out". */
export function layer(type: string, parameters = "", { bottom = "data", top = "out", name = "layer" } = {}): string {
  return `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${top}" ${parameters} }`;
}
