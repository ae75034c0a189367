import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawArena, type MapBuffer } from "../../host/cli/arena-map.js";
import { PLAIN, type Style } from "../../host/cli/terminal.js";

const buffer = (name: string, offset: number, bytes: number, firstUse: number, lastUse: number): MapBuffer => {
  return { name, offset, bytes, firstUse, lastUse };
};
const cells = (lines: readonly string[]) => lines.slice(1).map((line) => line.slice(12));
const tagged: Style = { ...PLAIN, hasColors: true, block: (text, color) => `<${color}:${text}>` };

describe("drawArena", () => {
  test("time across, bytes down, free bytes as dots", () => {
    const buffers = [buffer("in", 0, 128, 0, 2), buffer("conv", 128, 64, 1, 2), buffer("scratch", 192, 64, 1, 1)];
    expect(drawArena({ buffers, bytes: 256, steps: 3 }, 21, PLAIN)).toEqual([
      "            0  1  2",
      "   0 bytes |aaaaaaaaa",
      "  64 bytes |aaaaaaaaa",
      " 128 bytes |...bbbbbb",
      " 192 bytes |...ccc...",
    ]);
  });

  test("in colour a block has its name at the top and is blank below", () => {
    const buffers = [buffer("input", 0, 128, 0, 0), buffer("b", 64, 64, 1, 1)];
    expect(cells(drawArena({ buffers, bytes: 128, steps: 2 }, 28, tagged))).toEqual([
      "<0:a input >........",
      "<0:        ><1:b b     >",
    ]);
  });

  test("more_steps_than_columns: steps share columns, the widest share is drawn", () => {
    const buffers = [buffer("long", 0, 64, 0, 99), buffer("short", 64, 64, 50, 50)];
    const [axis, ...rows] = drawArena({ buffers, bytes: 128, steps: 100 }, 32, PLAIN);
    expect(axis).toBe("            0   20  40  60  80");
    expect(rows.map((row) => row.slice(12))).toEqual(["a".repeat(20), `${".".repeat(10)}b${".".repeat(9)}`]);
  });

  test("smaller_than_a_row: the buffer with most of the cell is drawn", () => {
    const buffers = [buffer("crumb", 0, 64, 0, 0), buffer("loaf", 64, 64 * 1023, 0, 0)];
    const rows = cells(drawArena({ buffers, bytes: 65536, steps: 1 }, 80, PLAIN));
    expect(rows).toEqual(new Array(16).fill("b".repeat(8)));
  });

  test("an arena of nothing is one free row", () => {
    expect(cells(drawArena({ buffers: [], bytes: 0, steps: 1 }, 80, PLAIN))).toEqual(["........"]);
  });

  test("no line is wider than the terminal, and every buffer of a row's height is seen", () => {
    const arena = fc.array(fc.tuple(fc.nat(31), fc.integer({ min: 1, max: 8 }), fc.nat(40), fc.nat(8)), {
      maxLength: 40,
    });
    const check = fc.property(arena, fc.integer({ min: 24, max: 200 }), (list, width) => {
      const buffers = list.map(([at, size, first, life], i) => buffer(`${i}`, at * 64, size * 64, first, first + life));
      const bytes = Math.max(0, ...buffers.map((b) => b.offset + b.bytes));
      const lines = drawArena({ buffers, bytes, steps: 50 }, width, PLAIN);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(width, 24));
      expect(new Set(lines.slice(1).map((line) => line.length)).size).toBe(1);
    });
    fc.assert(check, { seed: 7 });
  });
});
