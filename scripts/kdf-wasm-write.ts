import { writeFileSync } from "node:fs";
import { kdfModuleSource } from "./kdf-wasm.ts";

// Writes src/crypto/chain-wasm.ts: node scripts/run.mjs scripts/kdf-wasm-write.ts
writeFileSync("src/crypto/chain-wasm.ts", kdfModuleSource());
