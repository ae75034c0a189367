import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatNpy } from "../../host/node/npy.js";
import { type DatasetOptions, type DatasetSample, openDataset } from "../../host/node.js";

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qbin-dataset-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ONE = [{ name: "x", shape: [1, 2, 2, 1] }];
const TWO = [...ONE, { name: "y", shape: [3] }];
const bytesOf = (data: Float32Array | Int32Array) => new Uint8Array(data.buffer);

async function read(path: string, options: Partial<DatasetOptions> = {}) {
  const dataset = await openDataset(path, { inputs: ONE, ...options });
  const samples: DatasetSample[] = [];
  for await (const sample of dataset.samples()) samples.push(sample);
  expect(samples).toHaveLength(dataset.total);
  return samples;
}

describe("raw records", () => {
  test("labels of one and two bytes, inputs of any type, bytes passed over", async () => {
    writeFileSync(file("a.bin"), Uint8Array.of(7, 1, 2, 3, 4, 8, 5, 6, 7, 8));
    expect(await read(file("a.bin"), { record: "label:u8,image:u8" })).toEqual([
      { inputs: { x: Uint8Array.of(1, 2, 3, 4) }, label: 7 },
      { inputs: { x: Uint8Array.of(5, 6, 7, 8) }, label: 8 },
    ]);
    expect(await read(file("a.bin"), { record: "skip:u8,x:i8,skip:u8x5" })).toEqual([
      { inputs: { x: Int8Array.of(1, 2, 3, 4) } },
    ]);
    writeFileSync(file("b.bin"), Uint8Array.of(1, 2, 3, 4, 0x34, 0x12));
    expect(await read(file("b.bin"), { record: "x:u8,label:u16" })).toEqual([
      { inputs: { x: Uint8Array.of(1, 2, 3, 4) }, label: 0x1234 },
    ]);
  });

  test("without a format: the inputs in float32, in order; more than are read at a time", async () => {
    const values = Float32Array.from({ length: 7 * 100_000 }, (_, i) => i);
    writeFileSync(file("c.bin"), bytesOf(values));
    const samples = await read(file("c.bin"), { inputs: TWO });
    expect(samples).toHaveLength(100_000);
    expect(samples[99_999]).toEqual({ inputs: { x: values.slice(699_993, 699_997), y: values.slice(699_997) } });
    expect(await read(file("c.bin"), { inputs: TWO, limit: 2 })).toHaveLength(2);
  });

  test.each([
    ["x", /"x" has no type of u8, i8/],
    ["x:u7", /"x:u7" has no type/],
    ["z:u8", /there is no input "z", there are "x", "y"/],
    ["x:u8,x:u8,y:u8", /input "x" has to be in it once/],
    ["x:u8", /input "y" has to be in it once/],
    ["x:u8x4,y:u8", /a number of elements is for skip alone/],
  ])('"%s" is refused', async (record, message) => {
    await expect(openDataset(file("c.bin"), { inputs: TWO, record })).rejects.toThrow(message);
  });

  test("a file that is no whole number of records", async () => {
    writeFileSync(file("d.bin"), new Uint8Array(9));
    await expect(openDataset(file("d.bin"), { inputs: ONE, record: "label:u8,x:u8" })).rejects.toThrow(
      /d\.bin: 9 bytes of data are no whole number of records of 5 bytes \(label uint8, "x" 4 uint8\)/,
    );
    writeFileSync(file("e.bin"), "");
    await expect(openDataset(file("e.bin"), { inputs: ONE })).rejects.toThrow(/e\.bin: 0 bytes of data/);
  });
});

/** An archive with what the reader looks at; NumPy's have dates and checksums too. */
function zip(files: Readonly<Record<string, Uint8Array>>, method: 0 | 8): Uint8Array {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, data] of Object.entries(files)) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const header = (length: number, signature: number, at: number) => {
      const bytes = Buffer.alloc(length);
      bytes.writeUInt32LE(signature);
      bytes.writeUInt16LE(method, at);
      bytes.writeUInt32LE(packed.length, at + 10);
      bytes.writeUInt32LE(data.length, at + 14);
      bytes.writeUInt16LE(name.length, at + 18);
      return bytes;
    };
    const entry = header(46, 0x02014b50, 10);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    parts.push(header(30, 0x04034b50, 8), Buffer.from(name), Buffer.from(packed));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe("NumPy", () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const images = formatNpy({ dtype: "float32", shape: [2, 2, 2, 1], data: bytesOf(data) });
  const labels = formatNpy({ dtype: "int32", shape: [2], data: bytesOf(Int32Array.of(3, 4)) });

  test(".npy: the first axis is the samples", async () => {
    writeFileSync(file("a.npy"), images);
    expect(await read(file("a.npy"))).toEqual([{ inputs: { x: data.slice(0, 4) } }, { inputs: { x: data.slice(4) } }]);
    await expect(openDataset(file("a.npy"), { inputs: [{ name: "x", shape: [3] }] })).rejects.toThrow(
      /an array \[2,2,2,1\] holds no whole number of inputs "x" \[3\]/,
    );
    await expect(openDataset(file("a.npy"), { inputs: TWO })).rejects.toThrow(/put one array for each into an \.npz/);
  });

  test.each([0, 8] as const)(".npz, method %d", async (method) => {
    writeFileSync(file("a.npz"), zip({ "images.npy": images, "labels.npy": labels }, method));
    expect(await read(file("a.npz"))).toEqual([
      { inputs: { x: data.slice(0, 4) }, label: 3 },
      { inputs: { x: data.slice(4) }, label: 4 },
    ]);
  });

  test(".npz with what is missing, of another length, or damaged", async () => {
    writeFileSync(file("b.npz"), zip({ "x.npy": images, "z.npy": labels }, 0));
    await expect(openDataset(file("b.npz"), { inputs: TWO })).rejects.toThrow(
      /no array for input "y"; there are "x", "z"/,
    );
    const three = formatNpy({ dtype: "int32", shape: [3], data: bytesOf(Int32Array.of(1, 2, 3)) });
    writeFileSync(file("c.npz"), zip({ "x.npy": images, "label.npy": three }, 8));
    await expect(openDataset(file("c.npz"), { inputs: ONE })).rejects.toThrow(/its arrays hold 2, 3 samples/);
    writeFileSync(file("d.npz"), "no archive");
    await expect(openDataset(file("d.npz"), { inputs: ONE })).rejects.toThrow(/d\.npz: this is no \.npz archive/);
    const whole = zip({ "x.npy": images }, 8);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file("e.npz"), whole.subarray(0, length));
      await expect(openDataset(file("e.npz"), { inputs: ONE })).rejects.toThrow(/e\.npz/);
    }
    for (let at = 0; at < whole.length; at++) {
      writeFileSync(
        file("f.npz"),
        whole.map((byte, i) => (i === at ? byte ^ 0xff : byte)),
      );
      const outcome = await openDataset(file("f.npz"), { inputs: ONE }).catch((error) => error);
      // A damaged value may go unseen; everything else is a refusal, never a crash.
      if (outcome instanceof Error)
        expect(outcome).toMatchObject({ name: expect.stringMatching(/^(Qbin|Shape|Usage)/) });
    }
  });
});

describe("folders of images", () => {
  const RGB = [{ name: "image", shape: [1, 2, 4, 3] }];
  const picture = (color: string, width: number, height: number) =>
    sharp({ create: { width, height, channels: 4, background: color } })
      .png()
      .toBuffer();
  beforeAll(async () => {
    for (const name of ["cats", "cats/tabby", "cats/ash", "plain", "empty"]) mkdirSync(file(name));
    writeFileSync(file("cats/tabby/b.png"), await picture("#ff0000", 40, 20));
    writeFileSync(file("cats/tabby/a.PNG"), await picture("#00ff00", 4, 2));
    writeFileSync(file("cats/ash/c.png"), await picture("#808080", 100, 3));
    writeFileSync(file("cats/ash/notes.txt"), "not an image");
    writeFileSync(file("plain/broken.jpg"), "not an image");
  });
  const pixels = (...color: number[]) => Uint8Array.from({ length: 24 }, (_, i) => color[i % 3]!);

  test("scaled to the input, classes by name or in order, files in order", async () => {
    const samples = await read(file("cats"), { inputs: RGB, labels: ["dog", "tabby", "ash"] });
    expect(samples).toEqual([
      { name: file("cats/ash/c.png"), label: 2, inputs: { image: pixels(128, 128, 128) } },
      { name: file("cats/tabby/a.PNG"), label: 1, inputs: { image: pixels(0, 255, 0) } },
      { name: file("cats/tabby/b.png"), label: 1, inputs: { image: pixels(255, 0, 0) } },
    ]);
    expect((await read(file("cats"), { inputs: RGB })).map(({ label }) => label)).toEqual([0, 1, 1]);
  });

  test("one channel", async () => {
    const [sample] = await read(file("cats"), { inputs: [{ name: "image", shape: [1, 2, 2, 1] }] });
    expect(sample!.inputs["image"]).toEqual(Uint8Array.of(128, 128, 128, 128));
  });

  test.each<[string, Partial<DatasetOptions>, RegExp]>([
    ["cats", { labels: ["tabby"] }, /cats.ash: the model has no label "ash"/],
    ["empty", {}, /there is no image in this folder/],
    [
      "cats",
      { inputs: TWO },
      /images are for models with one input \[1,height,width,1 or 3\]; this one takes \[1,2,2,1\], \[3\]/,
    ],
    ["cats", { record: "x:u8" }, /a record format is for raw files; this is a folder/],
    ["none", {}, /none: no such file or folder/],
  ])("%s %j is refused", async (name, options, message) => {
    await expect(openDataset(file(name), { inputs: RGB, ...options })).rejects.toThrow(message);
  });

  test("a file that is no image is named", async () => {
    await expect(read(file("plain"), { inputs: RGB })).rejects.toThrow(/plain.broken\.jpg: /);
  });
});
