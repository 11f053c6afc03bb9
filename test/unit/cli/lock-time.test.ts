import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Host } from "../../../src/io/host.ts";
import { fakeHost } from "../../support/fake-host.ts";

/** Half a second of PBKDF2 with every writer of the CA waiting would be too long. */
describe("the key of the CA is opened before any lock is taken", () => {
  it.each([
    ["issue", ["issue", "server", "a.jks", "--key", "ec:P-256"]],
    ["exchange", ["exchange", "a", "b", "--key", "ec:P-256", "--no-prove"]],
  ])("by %s", async (_verb, argv) => {
    const fake = fakeHost({ env: { PKI_PASSWORD: "correct horse battery" } });
    expect(await main(fake, ["init-ca", "--key", "ec:P-256"])).toBe(0);
    const held: number[] = [];
    const locked: string[] = [];
    const host: Host = {
      ...fake,
      files: {
        ...fake.files,
        read(path, limit) {
          if (path.endsWith("ca.key")) held.push(fake.locksHeld.size);
          return fake.files.read(path, limit);
        },
        lock(path, waitMs) {
          locked.push(path);
          return fake.files.lock(path, waitMs);
        },
      },
    };
    expect(await main(host, argv)).toBe(0);
    expect(held).toEqual([0]);
    expect(locked).toContain("ca/index.ndjson");
  });
});
