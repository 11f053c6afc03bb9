import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lanesModuleSource } from "../../../scripts/kdf-lanes-wasm.ts";
import { kdfModuleSource } from "../../../scripts/kdf-wasm.ts";

describe("the committed WebAssembly", () => {
  it("is what scripts/kdf-wasm.ts makes, byte for byte", () => {
    expect(readFileSync("src/crypto/chain-wasm.ts", "utf8")).toBe(kdfModuleSource());
  });

  it("is what scripts/kdf-lanes-wasm.ts makes, byte for byte", () => {
    expect(readFileSync("src/crypto/chain-lanes-wasm.ts", "utf8")).toBe(lanesModuleSource());
  });
});
