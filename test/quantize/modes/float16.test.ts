import { describe, expect, test } from "vitest";
import { fromFloat16 } from "../../../host/core/stored.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { float16, toFloat16 } from "../../../host/quantize/modes/float16.js";
import { ALL, floatModel, weightsOf } from "./models.js";

describe("float16", () => {
  test("every one of 65,536 numbers comes back", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromFloat16(bits);
      if (Number.isFinite(value)) expect(toFloat16(value), `0x${bits.toString(16)}`).toBe(bits);
    }
  });

  test("ties go to even, others to the nearest, subnormal numbers too", () => {
    for (let bits = 0; bits < 0x7bff; bits += 7) {
      const low = fromFloat16(bits);
      const high = fromFloat16(bits + 1);
      const middle = (low + high) / 2;
      expect(toFloat16(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
      expect(toFloat16(-middle)).toBe((bits % 2 === 0 ? bits : bits + 1) | 0x8000);
      expect(toFloat16(Math.fround(middle - (high - low) / 64))).toBe(bits);
      expect(toFloat16(Math.fround(middle + (high - low) / 64))).toBe(bits + 1);
    }
    expect(toFloat16(1e-30)).toBe(0);
    expect(toFloat16(2 ** -25)).toBe(0);
    expect(toFloat16(Math.fround(2 ** -25 * 1.0001))).toBe(1);
  });

  test("stores weights, leaves what is too large", () => {
    const { graph, left } = float16(floatModel(), ALL);
    verifyGraph(graph);
    expect(left.map(({ node }) => node)).toEqual(["sum"]);
    expect(weightsOf(graph, "depthwise").dtype).toBe("float16");
    const large = float16(
      floatModel((count) => new Float32Array(count).fill(70000)),
      new Set(["conv"]),
    );
    expect(large.left).toEqual([{ node: "conv", why: "its largest weight, 70000, exceeds float16" }]);
  });
});
