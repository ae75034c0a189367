import { describe, expect, test } from "vitest";
import {
  displayWidth,
  formatBytes,
  formatCount,
  formatMicroseconds,
  formatReal,
  printable,
  shorten,
} from "../../host/cli/format.js";
import { isVector, largest, realValues, summarize } from "../../host/cli/real-values.js";
import { formatFacts, formatTable } from "../../host/cli/table.js";
import { quantile } from "../../host/cli/timing.js";

describe("numbers", () => {
  test.each([
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [1024, "1.00 KiB"],
    [102_350, "100 KiB"],
    [1_048_575, "1.00 MiB"],
    [3 * 2 ** 40, "3072 GiB"],
  ])("%d bytes", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [0.0312, "0.03 µs"],
    [9.996, "10.0 µs"],
    [412.3, "412 µs"],
    [999.7, "1.00 ms"],
    [1_500_000, "1.50 s"],
  ])("%d microseconds", (time, text) => expect(formatMicroseconds(time)).toBe(text));

  test.each([
    [850, "850"],
    [999_600, "1.00 M"],
    [12_501_632, "12.5 M"],
  ])("%d", (count, text) => expect(formatCount(count)).toBe(text));

  test.each([
    [1 / 255, "0.003922"],
    [-128, "-128"],
    [1 / 0, "Infinity"],
  ])("real %d", (value, text) => expect(formatReal(value)).toBe(text));
});

describe("names", () => {
  test("control, invisible and direction characters show as ?", () => {
    expect(printable("a\x1b[31m\u202eb\u200b\n")).toBe("a?[31m?b??");
  });

  test("two columns for East Asian characters and pictures, none for accents that combine", () => {
    expect([displayWidth("猫🐈"), displayWidth("e\u0301")]).toEqual([4, 1]);
  });

  test.each([
    ["short", 10, "short"],
    ["model/conv2d/Relu", 9, "mode…Relu"],
    ["猫猫猫猫", 5, "猫…猫"],
    ["abc", 0, "…"],
  ])("%s in %d columns", (text, width, expected) => expect(shorten(text, width)).toBe(expected));
});

describe("tables", () => {
  const columns = [
    { title: "n", align: "right" },
    { title: "name", canShrink: true },
    { title: "x", isOptional: true },
  ] as const;
  const rows = [
    ["1", "a long name indeed", "yes"],
    ["10", "b", ""],
  ];

  test("columns are as wide as their widest cell", () => {
    expect(formatTable(columns, rows)).toEqual([" n  name                x", " 1  a long name indeed  yes", "10  b"]);
  });

  test("too_wide: optional columns go, then names are cut", () => {
    expect(formatTable(columns, rows, 24)).toEqual([" n  name", " 1  a long name indeed", "10  b"]);
    expect(formatTable(columns, rows, 14)).toEqual([" n  name", " 1  a lon…deed", "10  b"]);
  });

  test("facts line up", () => {
    expect(
      formatFacts([
        ["a", "1"],
        ["long", ""],
      ]),
    ).toEqual(["a     1", "long"]);
  });
});

describe("values", () => {
  test("largest first, equal ones in order, NaN last", () => {
    const order = largest(Float64Array.of(1, Number.NaN, 3, 3, -1), 9, ["a"]).map(({ index }) => index);
    expect(order).toEqual([2, 3, 0, 4, 1]);
    expect(largest(Float64Array.of(1), 1, ["a"])).toEqual([{ index: 0, label: "a", value: 1 }]);
  });

  test("real values of quantized and plain tensors", () => {
    const view = { name: "x", dtype: "int8", shape: [2], byteLength: 2, data: Int8Array.of(-128, 127) } as const;
    expect([...realValues(view)]).toEqual([-128, 127]);
    expect([...realValues({ ...view, quantization: { scale: [0.5], zeroPoint: -128 } })]).toEqual([0, 127.5]);
  });

  test.each([
    [[1, 10], true],
    [[10], true],
    [[1, 1], false],
    [[2, 5], false],
    [[], false],
  ])("%j is a vector: %s", (shape, expected) => expect(isVector(shape)).toBe(expected));

  test("summaries and quantiles", () => {
    expect(summarize(Float64Array.of(1, 2, 6))).toEqual({ min: 1, max: 6, mean: 3 });
    expect([0, 0.5, 0.9, 1].map((q) => quantile([4, 1, 3, 2], q))).toEqual([1, 3, 4, 4]);
  });
});
