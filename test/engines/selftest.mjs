/**
 * The harness tested on itself, and the smallest example of a suite. `--param selftest=fail` (or throw, hang, exit, silent,
 * uneven) makes it misbehave, so that the harness can be seen to notice.
 *
 * @param {{
 *   module: string,
 *   readBytes: (path: string) => Promise<Uint8Array>,
 *   report: (result: { case: string, ok: boolean, message?: string } | { case: string, skip: string }) => void,
 *   params: Record<string, string>,
 * }} engine
 */
export async function run({ module, readBytes, report, params }) {
  if (params.selftest === "silent") return;
  await check(report, "wasm_adds", async () => {
    const { instance } = await WebAssembly.instantiate(module === "scalar" ? SCALAR_ADD : SIMD_ADD);
    equal(instance.exports.add(0x7fffffff, 2), -0x7fffffff);
  });
  await check(report, "read_bytes_every_value", async () => {
    const bytes = await readBytes("repo/test/engines/selftest.bin");
    equal(bytes.constructor, Uint8Array);
    equal(bytes.join(), Array.from({ length: 256 }, (_, value) => value).join());
  });
  for (const path of ["repo/test/engines/no such file.bin", "repo/test/engines", "shared/none.bin"]) {
    await check(report, `read_bytes_missing(${path})`, async () => equal(await codeOf(readBytes(path)), "not-found"));
  }
  for (const path of [
    "repo/../repo/LICENSE",
    "repo/test/../LICENSE",
    "repo/.git/config",
    "LICENSE",
    "/repo/LICENSE",
    "repo",
    "",
  ]) {
    await check(report, `read_bytes_refused(${path})`, async () => equal(await codeOf(readBytes(path)), "bad-path"));
  }
  if ((await codeOf(readBytes("shared/README.md"))) === "not-found") {
    report({ case: "read_bytes_shared", skip: "there is no ../shared" });
  } else {
    report({ case: "read_bytes_shared", ok: true });
  }
  for (let index = 0; index < Number(params.cases ?? 0); index++) report({ case: `many(index=${index})`, ok: true });
  await misbehave(params.selftest, report);
}

async function misbehave(how, report) {
  if (how === "fail") report({ case: "told_to_fail", ok: false, message: "expected 1\nreceived 2" });
  if (how === "throw") throw new Error("told to throw");
  if (how === "uneven" && typeof document !== "undefined") report({ case: "only_in_browsers", ok: true });
  if (how === "reject") {
    Promise.reject(new Error("told to reject, unheard"));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (how === "exit" && globalThis.process) globalThis.process.exit(3);
  while (how === "hang");
}

async function check(report, name, body) {
  try {
    await body();
    report({ case: name, ok: true });
  } catch (error) {
    report({ case: name, ok: false, message: String(error) });
  }
}

function equal(received, expected) {
  if (!Object.is(received, expected)) throw new Error(`expected ${String(expected)}, received ${String(received)}`);
}

const codeOf = (promise) =>
  promise.then(
    () => "none",
    (error) => error.code,
  );

/** `add(i32, i32) -> i32`: types, function, export; then the code section. */
const ADD_HEAD = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00],
];
/** local.get 0, local.get 1, i32.add. */
const SCALAR_ADD = new Uint8Array([...ADD_HEAD, 0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b]);
/** Both splat to i32x4, i32x4.add, i32x4.extract_lane 3. */
const SIMD_ADD = new Uint8Array([
  ...[...ADD_HEAD, 0x0a, 0x12, 0x01, 0x10, 0x00, 0x20, 0x00, 0xfd, 0x11, 0x20, 0x01, 0xfd, 0x11],
  ...[0xfd, 0xae, 0x01, 0xfd, 0x1b, 0x03, 0x0b],
]);
