import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../../src/bytes/octets.ts";
import { kdbCodec } from "../../../../src/codecs/kdb/index.ts";
import { readStash } from "../../../../src/codecs/kdb/stash.ts";
import { PkiError } from "../../../../src/model/error.ts";
import { fixture } from "../../../support/fixtures.ts";
import { mutate, propertyRuns, propertySeed, SeededRandom } from "../../../support/mutations.ts";
import { fresh, key, password, passwords, read, signer, write } from "./making.ts";
import { reseal } from "./reseal.ts";

/**
 * test/property damages files whose MACs then refuse them. Here the MACs are made anew after the
 * damage, or are not checked, so that the parser behind them meets it. `PROPERTY_RUNS=20000` gives the
 * whole proof.
 */
const TIMEOUT_MS = 1_800_000;

/** The result of `work`, or undefined where it ended in PkiError; anything else is thrown. */
async function orPkiError<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

const noRandom = () => {
  throw new Error("an untouched store needs no randomness");
};

/** Reads a file with right MACs. What reads must come back byte for byte. */
async function visit(bytes: Uint8Array, which: string): Promise<void> {
  const found = await orPkiError(() => read(bytes));
  if (found === undefined) return;
  const back = await kdbCodec.write(found.store, found.container, passwords, noRandom);
  expect(equalBytes(back, bytes), which).toBe(true);
  for (const entry of found.store.entries) {
    if (entry.kind !== "key") continue;
    const [opened] = [await orPkiError(() => kdbCodec.unseal(entry.key, passwords))];
    opened?.dispose();
  }
}

describe.each(["3", "4", "6"])("version %s", (version) => {
  const small = async () => {
    const entries = [signer("root"), key("server"), signer("intermediate", "two")];
    return write({ entries, defaultLabel: "server" }, fresh(version, 1100));
  };

  it(
    "cut anywhere ends in PkiError",
    async () => {
      const bytes = await small();
      for (let length = 0; length < bytes.length; length++) {
        const found = await orPkiError(() => kdbCodec.read(bytes.subarray(0, length), {}));
        expect(found, `length ${length}`).toBeUndefined();
      }
    },
    TIMEOUT_MS,
  );

  it(
    `${propertyRuns} mutations under right MACs end in PkiError or come back byte for byte`,
    async () => {
      const bytes = await small();
      const random = new SeededRandom(propertySeed + Number(version));
      for (let i = 0; i < propertyRuns; i++) {
        const damaged = mutate(bytes, random);
        const sealed = await orPkiError(() => reseal(damaged, password));
        if (sealed !== undefined) await visit(sealed, `mutation ${i} of seed ${propertySeed}`);
        await orPkiError(() => kdbCodec.read(damaged, {}));
      }
    },
    TIMEOUT_MS,
  );

  it(
    "with every octet of the first record set to 0, 7F, 80 and FF, under right MACs",
    async () => {
      const bytes = await small();
      const first = bytes.length - 3 * 1100;
      // The certificate's inside is x509's own matter: records are what is tested here.
      const step = Math.max(1, Math.round(2000 / propertyRuns));
      for (let at = first; at < first + 700; at += step) {
        for (const value of [0, 0x7f, 0x80, 0xff]) {
          const damaged = bytes.slice();
          damaged[at] = value;
          await visit(reseal(damaged, password), `${value} at ${at}`);
        }
      }
    },
    TIMEOUT_MS,
  );
});

it.each(["v3.sth", "v4.sth"])(
  "%s damaged anywhere gives PkiError or a password",
  async (name) => {
    const bytes = fixture(`kdb/${name}`);
    const random = new SeededRandom(propertySeed);
    for (let i = 0; i < propertyRuns; i++) {
      const found = await orPkiError(() => readStash(mutate(bytes, random)));
      expect(found?.length ?? 0).toBeLessThan(129);
    }
  },
  TIMEOUT_MS,
);
