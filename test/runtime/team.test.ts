import { afterEach, expect, test } from "vitest";
import loadWabt from "wabt";
import { divide } from "../../host/plan/shares.js";
import { STEP_BYTES } from "../../host/runtime/session.js";
import { spawn, type WorkerHandle } from "../../host/runtime/threads/spawn.js";
import { Team } from "../../host/runtime/threads/team.js";
import { compileTeam, SHARE_BYTES, type TeamExports } from "../../host/wasm/team.js";

/**
 * The protocol of assembly/threads.ts, with kernels that say what happened to them instead of computing: so that what
 * depends on the moment elsewhere happens here for certain.
 */
const KERNELS = `(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "count") (param $args i32) (param $begin i32) (param $end i32)
    (loop $next
      (if (i32.lt_s (local.get $begin) (local.get $end)) (then
        (drop (i32.atomic.rmw.add
          (i32.add (local.get $args) (i32.shl (local.get $begin) (i32.const 2))) (i32.const 1)))
        (local.set $begin (i32.add (local.get $begin) (i32.const 1)))
        (br $next)))))
  (func (export "await") (param $args i32) (param i32) (param i32)
    (loop $again (br_if $again (i32.eqz (i32.atomic.load (local.get $args))))))
  (func (export "hang") (param $args i32) (param i32) (param i32)
    (i32.atomic.store (local.get $args) (i32.const 1))
    (loop $again (br $again)))
  (func (export "trap") (param $args i32) (param i32) (param i32)
    (i32.atomic.store (local.get $args) (i32.const 1))
    (unreachable)))`;
const NAMES = ["count", "await", "hang", "trap"];
const ARGS = 1024;
const PROGRAM = 16384;
const PROGRAM_PITCH = 1024;
const SHARES = 32768;
const CONTROL = 49152;

const teams: Team[] = [];
afterEach(() => {
  for (const team of teams.splice(0)) team.dismiss();
});

interface TestStep {
  readonly tiles: number;
  readonly work: number;
  /** By thread; the last one is that of all others too. */
  readonly kernels: readonly string[];
}

/** Every step has counters of its own, at ARGS, 512 bytes apart. */
async function build(steps: readonly TestStep[], threads: number, isAlone = false, silenceLimit = 300) {
  const wabt = await loadWabt();
  const kernelModule = await WebAssembly.compile(
    new Uint8Array(wabt.parseWat("kernels", KERNELS, { threads: true }).toBinary({}).buffer),
  );
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const words = new Int32Array(memory.buffer);
  for (let thread = 0; thread < threads; thread++) {
    steps.forEach(({ tiles, kernels }, i) => {
      const at = PROGRAM + thread * PROGRAM_PITCH + i * STEP_BYTES;
      words.set([NAMES.indexOf(kernels[thread] ?? kernels.at(-1)!) + 1, ARGS + 512 * i, tiles], at / 4);
    });
  }
  divide(steps, threads).forEach((shares, step) => {
    shares?.forEach(({ begin, end, size, chunks }, thread) => {
      words.set([begin, end, size, chunks], (SHARES + (step * threads + thread) * SHARE_BYTES) / 4);
    });
  });
  const table = new WebAssembly.Table({ initial: NAMES.length + 1, element: "anyfunc" });
  const imports = { env: { memory, table } };
  const { exports: kernels } = await WebAssembly.instantiate(kernelModule, imports);
  for (const [i, name] of NAMES.entries()) table.set(i + 1, kernels[name]);
  const threadsModule = await compileTeam();
  const { exports } = await WebAssembly.instantiate(threadsModule, imports);
  const absent: WorkerHandle = { begin: async () => {}, gone: undefined, terminate() {} };
  const workers = await Promise.all(Array.from({ length: threads - 1 }, () => (isAlone ? absent : spawn())));
  const common = {
    threadsModule,
    kernelModules: [kernelModule],
    memory,
    kernels: NAMES,
    control: CONTROL,
    shares: SHARES,
    threads,
  };
  await Promise.all(
    workers.map((worker, i) => worker.begin({ ...common, thread: i + 1, program: PROGRAM + (i + 1) * PROGRAM_PITCH })),
  );
  const addresses = { control: CONTROL, shares: SHARES, program: PROGRAM };
  const team = new Team(exports as unknown as TeamExports, addresses, workers, silenceLimit);
  teams.push(team);
  const counts = (step: number) => Array.from(words.subarray((ARGS + 512 * step) / 4).subarray(0, steps[step]!.tiles));
  return { team, counts };
}

const counting = (tiles: number, work: number): TestStep => ({ tiles, work, kernels: ["count"] });
const STEPS = [counting(100, 1e6), counting(3, 1e6), counting(1, 1e6), counting(7, 100), counting(64, 2000)];

test.each([2, 3, 5])("%i threads: every tile of every step is computed exactly once in every run", async (threads) => {
  const { team, counts } = await build(STEPS, threads);
  const runs = 2000;
  for (let i = 0; i < runs; i++) {
    team.execute(0, STEPS.length);
    // So that they sleep now and then.
    if (i % 500 === 0) await new Promise((done) => setTimeout(done, 5));
  }
  STEPS.forEach(({ tiles }, step) => void expect(counts(step)).toEqual(Array(tiles).fill(runs)));
});

test("a part of the program, as profile() asks for", async () => {
  const { team, counts } = await build(STEPS, 2);
  for (const step of [4, 0, 0, 2]) team.execute(step, step + 1);
  expect(STEPS.map((_, step) => counts(step)[0])).toEqual([2, 0, 1, 0, 1]);
});

test("threads that never come are not waited for", async () => {
  const { team, counts } = await build(STEPS, 3, true);
  team.execute(0, STEPS.length);
  STEPS.forEach(({ tiles }, step) => void expect(counts(step)).toEqual(Array(tiles).fill(1)));
});

// Two tiles, one for each: thread 0 waits in its own until the other is at work.
const together = (kernel: string): TestStep[] => [{ tiles: 2, work: 2000, kernels: ["await", kernel] }];
const code = "thread";

test("a thread that stops in the middle of its work: run gives up instead of waiting for ever", async () => {
  const { team } = await build(together("hang"), 2);
  const message = "a thread has not answered for 0.3 s and must be gone; dispose of this model and load it again";
  expect(() => team.execute(0, 1)).toThrow(expect.objectContaining({ name: "EnvironmentError", code, message }));
  expect(() => team.execute(0, 1)).toThrow(expect.objectContaining({ code }));
});

test.each([2, 3])("a thread that fails in the middle of its work (of %i): run throws at once", async (threads) => {
  const { team } = await build(together("trap"), threads, false, 60_000);
  const message = "a thread failed in the middle of a run; dispose of this model and load it again";
  expect(() => team.execute(0, 1)).toThrow(expect.objectContaining({ name: "EnvironmentError", code, message }));
  expect(() => team.execute(0, 1)).toThrow(expect.objectContaining({ code }));
});
