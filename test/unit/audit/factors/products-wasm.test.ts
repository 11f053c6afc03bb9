import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { productsModuleSource } from "../../../../scripts/products-wasm.ts";

it("the committed WebAssembly is what scripts/products-wasm.ts makes, byte for byte", () => {
  expect(readFileSync("src/audit/factors/products-wasm.ts", "utf8")).toBe(productsModuleSource());
});
