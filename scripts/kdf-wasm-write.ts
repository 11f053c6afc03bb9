import { writeFileSync } from "node:fs";
import { lanesModuleSource } from "./kdf-lanes-wasm.ts";
import { kdfModuleSource } from "./kdf-wasm.ts";

// Writes src/crypto/chain-wasm.ts and chain-lanes-wasm.ts: node scripts/run.mjs scripts/kdf-wasm-write.ts
writeFileSync("src/crypto/chain-wasm.ts", kdfModuleSource());
writeFileSync("src/crypto/chain-lanes-wasm.ts", lanesModuleSource());
