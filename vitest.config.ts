import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { PKI_VERSION: '"test"' },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    env: { NODE_EXTRA_CA_CERTS: "" },
    maxWorkers: 2,
  },
});
