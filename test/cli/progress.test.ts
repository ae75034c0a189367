import { expect, test } from "vitest";
import { progressLine } from "../../host/cli/progress.js";

test("a line of progress", () => {
  const at = (done: number, millisecondsLeft: number) =>
    progressLine({ done, total: 400, milliseconds: 1, millisecondsLeft });
  expect(at(0, 200_000)).toBe(`${" ".repeat(30)} 0 of 400, 3 min 20 s left`);
  expect(at(100, 7200)).toBe(`${"━".repeat(8)}${" ".repeat(22)} 100 of 400, 8 s left`);
  expect(at(400, 0)).toBe(`${"━".repeat(30)} 400 of 400, 0 s left`);
  expect(progressLine({ done: 7, total: undefined, milliseconds: 1, millisecondsLeft: undefined })).toBe("7");
});
