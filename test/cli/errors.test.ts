import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { writeQbin } from "../../host/toolchain.js";
import { writeTflite } from "../import/tflite/write-tflite.js";
import { expectRefusal, qbin, RUN, useFolder } from "./command.js";
import { gigantic, twoByTwo } from "./models.js";

const folder = useFolder();
const run = (...args: string[]) => qbin(args, { cwd: folder.path, script: RUN });
const write = (name: string, bytes: Uint8Array | string) => writeFileSync(folder.file(name), bytes);

/** Every command that reads a model, on the model `name`. */
const readers = (name: string): string[][] => [
  ["inspect", name],
  ["inspect", name, "--json"],
  ["bench", name, "--seconds", "0.01"],
  ["run", name, "input.bin", "-o", "never.bin"],
];

/** Numbers that look random and are the same each time. */
function noise(count: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe("a model file that is none", () => {
  let model: Buffer;
  const edited = (edit: (bytes: DataView) => void) => {
    const bytes = new Uint8Array(model);
    edit(new DataView(bytes.buffer));
    return bytes;
  };
  const files: [name: string, bytes: () => Uint8Array | string, message: RegExp][] = [
    ["empty", () => "", /\[R1\]/],
    ["one byte", () => "Q", /\[R1\]/],
    ["prefix only", () => model.subarray(0, 64), /\[R\d+\]/],
    ["header cut", () => model.subarray(0, 1000), /\[R\d+\]/],
    ["last byte missing", () => model.subarray(0, -1), /\[R\d+\]/],
    ["one byte too many", () => Buffer.concat([model, Buffer.of(0)]), /\[R\d+\]/],
    ["a weight edited", () => edited((view) => view.setInt8(view.byteLength - 1, 99)), /\[R\d+\]/],
    ["the header edited", () => edited((view) => view.setInt8(100, 0x7b)), /\[R\d+\]/],
    ["a newer version", () => edited((view) => view.setUint32(4, 2, true)), /version/],
    ["an oversized header", () => edited((view) => view.setUint32(40, 0xffffffc0, true)), /\[R\d+\]/],
    ["oversized data", () => edited((view) => view.setUint32(44, 0xffffffff, true)), /\[R\d+\]/],
    ["text", () => "This is not a model, and it says so in more than 64 characters of text.\n", /QBIN/],
    ["noise", () => noise(5000, 1), /QBIN/],
    ["noise behind the magic", () => Buffer.concat([Buffer.from("QBIN"), noise(5000, 2)]), /\[R\d+\]/],
    ["noise behind the prefix", () => Buffer.concat([model.subarray(0, 64), noise(model.length - 64, 3)]), /\[R\d+\]/],
  ];
  beforeAll(() => {
    model = readFileSync(folder.file("digits.qbin"));
  });

  test.each(files)("%s", async (name, bytes, message) => {
    write(`${name}.qbin`, bytes());
    const commands = readers(`${name}.qbin`).map((command) => qbin(command, { cwd: folder.path }));
    for (const result of await Promise.all(commands)) {
      expectRefusal(result, message);
      expect(result.stderr.startsWith(`qbin: ${name}.qbin: `)).toBe(true);
    }
    expect(readdirSync(folder.path).filter((file) => file.startsWith("never") || file.includes("tmp"))).toEqual([]);
  });

  test("a .tflite is told how to become one", async () => {
    const result = await run("digits.tflite", "input.bin");
    expectRefusal(result, /digits\.tflite: this is a TensorFlow Lite model; convert it first: node \S+ convert/);
    const [, script, ...args] = result.stderr.trim().split("first: node ")[1]!.split(" ");
    expect([script, ...args]).toEqual(["convert", "digits.tflite", "-o", "digits.qbin"]);
  });

  test("a file name cannot write lines of its own", async () => {
    expectRefusal(
      await run("a\nqbin: all is well\x1b[2J.qbin", "input.bin"),
      "a?qbin: all is well?[2J.qbin: no such file",
    );
  });
});

describe("a .tflite that cannot be converted", () => {
  const files: [name: string, bytes: () => Uint8Array | string][] = [
    ["empty", () => ""],
    ["text", () => "Not a model.\n"],
    ["noise", () => Buffer.concat([noise(4, 4), Buffer.from("TFL3"), noise(5000, 5)])],
    ["half", () => readFileSync(folder.file("digits.tflite")).subarray(0, 16000)],
  ];
  test.each(files)("%s", async (name, bytes) => {
    write(`${name}.tflite`, bytes());
    expectRefusal(await qbin(["convert", `${name}.tflite`, "-o", "x.qbin"], { cwd: folder.path }), `${name}.tflite: `);
    expect(readdirSync(folder.path)).not.toContain("x.qbin");
  });

  test("every operator that is not supported is named, in one line", async () => {
    const tensors = ["x", "y", "z"].map((name) => ({ name, shape: [1, 4] }));
    const operators = [
      { kind: "SIN", inputs: ["x"], outputs: ["y"] },
      { kind: "CUSTOM Detection", inputs: ["y"], outputs: ["z"] },
    ];
    write("foreign.tflite", writeTflite({ tensors, operators, inputs: ["x"], outputs: ["z"] }));
    const result = await qbin(["convert", "foreign.tflite", "-o", "x.qbin"], { cwd: folder.path });
    expectRefusal(result, /foreign\.tflite: 2 operators .*SIN \(op 0, .*CUSTOM "Detection" \(op 1, /);
    expect(readdirSync(folder.path)).not.toContain("x.qbin");
  });
});

describe("files that cannot be read", () => {
  test.each(readers("nowhere.qbin"))("%s of a missing file", async (...command) => {
    expectRefusal(await qbin(command, { cwd: folder.path }), "nowhere.qbin: no such file or folder");
  });

  test("a folder", async () => {
    mkdirSync(folder.file("folder"), { recursive: true });
    for (const command of readers("folder")) {
      expectRefusal(await qbin(command, { cwd: folder.path }), "folder: is a folder, not a file");
    }
    expectRefusal(await run("digits.qbin", "folder"), "folder: is a folder, not a file");
  });

  test("a file as a folder", async () => {
    expectRefusal(await run("digits.qbin/model.qbin", "input.bin"), "digits.qbin/model.qbin: ");
  });

  test("a file without permission", async () => {
    write("secret.qbin", readFileSync(folder.file("digits.qbin")));
    chmodSync(folder.file("secret.qbin"), 0);
    chmodSync(folder.path, 0o755);
    // Root may read everything, so there the command runs as nobody.
    const uid = process.getuid?.() === 0 ? { uid: 65534 } : {};
    const result = await qbin(["inspect", "secret.qbin"], { cwd: folder.path, ...uid });
    expectRefusal(result, "secret.qbin: permission denied");
  });

  test("gigabytes are refused unread", async () => {
    const file = openSync(folder.file("huge.bin"), "w");
    ftruncateSync(file, 3 * 2 ** 30);
    closeSync(file);
    expectRefusal(
      await run("huge.bin", "input.bin"),
      "huge.bin: the file has 3221225472 bytes; a model has less than 2 GiB",
    );
    expectRefusal(await run("digits.qbin", "huge.bin"), "huge.bin: the file has 3221225472 bytes; tensor");
  });
});

describe("inputs that do not fit", () => {
  beforeAll(() => {
    write("two.qbin", writeQbin(twoByTwo()));
    write("short.bin", new Uint8Array(63));
    write("long.bin", new Uint8Array(65));
    write("float.npy", npy("<f4", "(1, 8, 8, 1)", 256));
    write("small.npy", npy("|i1", "(8, 7)", 56));
    write("fortran.npy", npy("|i1", "(8, 8)", 64, "True"));
    write("big-endian.npy", npy(">f4", "(8, 8)", 256));
    write("cut.npy", npy("|i1", "(8, 8)", 60));
    write("structure.npy", npy("|i1", "(8, 8)", 64).fill("[('b')]", 20, 27));
    write("raw.npy", new Uint8Array(64));
    write("header.npy", npy("|i1", "(8, 8)", 64).subarray(0, 40));
  });
  const size = /takes int8 \[1,8,8,1\], 64 bytes/;
  const cases: [args: string[], message: RegExp][] = [
    [["digits.qbin", "short.bin"], /short\.bin: the file has 63 bytes; tensor ".*" takes int8 \[1,8,8,1\], 64 bytes/],
    [["digits.qbin", "long.bin"], size],
    [["digits.qbin", "digits.qbin"], size],
    [["digits.qbin", "float.npy"], /float\.npy: it holds float32 \[1,8,8,1\]; tensor ".*" takes int8 \[1,8,8,1\]/],
    [["digits.qbin", "small.npy"], /small\.npy: it holds int8 \[8,7\]; /],
    [["digits.qbin", "fortran.npy"], /Fortran order/],
    [["digits.qbin", "big-endian.npy"], /its type is >f4/],
    [["digits.qbin", "cut.npy"], /takes 64 bytes, 60 follow its header/],
    [["digits.qbin", "structure.npy"], /its type is a structure/],
    [["digits.qbin", "raw.npy"], /raw\.npy: this is not an \.npy file/],
    [["digits.qbin", "header.npy"], /its header ends at byte 118, the file has 40/],
    [["digits.qbin", "nowhere.bin"], /nowhere\.bin: no such file/],
    [["digits.qbin", "input.bin", "input.bin"], /digits\.qbin takes 1 input file, not 2: ".*" int8 \[1,8,8,1\]/],
    [["two.qbin", "input.bin"], /two\.qbin takes 2 input files, not 1: "a" int8 \[2,3\], "b" int8 \[1,4\]/],
  ];
  test.each(cases)("%j", async (args, message) => {
    expectRefusal(await run(...args, "-o", "never.bin"), message);
    expect(readdirSync(folder.path)).not.toContain("never.bin");
  });
});

describe("what the machine or the command does not have", () => {
  beforeAll(() => write("gigantic.qbin", writeQbin(gigantic())));
  const cases: [args: string[], message: RegExp][] = [
    [["inspect", "gigantic.qbin"], /gigantic\.qbin: .* needs \d+ bytes of linear memory, the limit is 1073741824/],
    [["inspect", "digits.qbin", "--max-memory", "none"], /--max-memory "none": must be a whole number from 1 to 4096/],
    [["inspect", "digits.qbin", "--module", "relaxed"], /module "relaxed" does not exist; there are scalar, simd/],
    [["bench", "digits.qbin", "--threads", "65"], /--threads "65": must be a whole number from 1 to 64/],
    [["bench", "digits.qbin", "--threads", "0"], /--threads "0": must be a whole number/],
    [["run", "digits.qbin", "input.bin", "--repeat", "1.5"], /--repeat "1\.5": must be a whole number/],
    [["run", "digits.qbin", "input.bin", "--top", "-3"], /--top "-3": must be|--top <count>.* missing/],
    [["run", "digits.qbin"], /missing required argument 'inputs'; see --help/],
    [["run"], /missing required argument 'model'; see --help/],
    [["inspect", "digits.qbin", "other.qbin"], /too many arguments/],
    [["inspect", "digits.qbin", "--jason"], /unknown option '--jason' \(Did you mean --json\?\); see --help/],
    [["run", "digits.qbin", "input.bin", "-o"], /option '-o, --output <file>' argument missing/],
    [["train", "model.tflite"], /unknown command 'train'/],
    [["--frobnicate"], /unknown option '--frobnicate'/],
  ];
  test.each(cases)("%j", async (args, message) => {
    expectRefusal(await qbin(args, { cwd: folder.path }), message);
  });
});

/** A version 1 file as NumPy writes it, with `length` bytes of data. */
function npy(descr: string, shape: string, length: number, fortran = "False"): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`.padEnd(107) + "\n";
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    Buffer.of(108, 0),
    Buffer.from(header),
    Buffer.alloc(length),
  ]);
}
