import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { sha256 } from "../../host/core/sha256.js";
import { verifyDigest } from "../../host/format/read.js";
import { writeQbin } from "../../host/format/write.js";
import { tinyModel } from "./models.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("equals the platform's SHA-256 for every length around the block size, and for many blocks", () => {
  for (const length of [...Array(140).keys(), 1_000_003]) {
    const bytes = new Uint8Array(length).map((_, i) => (i * 31 + length) & 255);
    expect(Buffer.from(sha256(bytes)).toString("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

test("the digest is checked with and without crypto.subtle", async () => {
  const file = writeQbin(tinyModel());
  const damaged = file.slice();
  damaged[damaged.length - 1]! ^= 1;
  const check = async () => {
    await verifyDigest(file);
    await expect(verifyDigest(damaged)).rejects.toThrow("[R7]");
    await expect(verifyDigest(file.subarray(0, 20))).rejects.toThrow("[R7]");
  };
  await check();
  vi.stubGlobal("crypto", undefined);
  await check();
});
