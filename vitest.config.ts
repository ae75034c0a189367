import { defineConfig } from "vitest/config";
import { builtModules } from "./scripts/built-modules.mjs";

export default defineConfig({
  plugins: [builtModules],
  test: {
    include: ["test/**/*.test.{ts,mjs}"],
    // Whole models and child processes take seconds on a busy machine; a hang is still noticed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that asserts nothing proves nothing.
    expect: { requireAssertions: true },
  },
});
