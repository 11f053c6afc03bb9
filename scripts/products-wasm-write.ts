import { writeFileSync } from "node:fs";
import { productsModuleSource } from "./products-wasm.ts";

// Writes src/audit/factors/products-wasm.ts: node scripts/run.mjs scripts/products-wasm-write.ts
writeFileSync("src/audit/factors/products-wasm.ts", productsModuleSource());
