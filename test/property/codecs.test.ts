import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Codec, Container, NewContainer, Passwords } from "../../src/codecs/codec.ts";
import { codecFor, codecs } from "../../src/codecs/index.ts";
import { PkiError } from "../../src/model/error.ts";
import type { Entry, Store } from "../../src/model/store.ts";
import { manySigners, storesOf, type Traits } from "../support/arbitraries.ts";
import { fixture, secret } from "../support/fixtures.ts";
import {
  mutate,
  propertyRuns,
  propertySeed,
  SeededRandom,
  seededBytes,
} from "../support/mutations.ts";
import { sha256, storeView } from "../support/view.ts";
import { FORMATS } from "./traits.ts";

/**
 * What every codec promises, on whole stores (docs/house.md, invariants 1, 5, 7, 8). One driver: a
 * format only says in traits.ts what it can hold. `PROPERTY_RUNS=20000` gives the whole proof;
 * `PROPERTY_SEED` repeats a failing run.
 */
const PASSWORD = "Schlüssel 𝒳 1234";
const passwords: Passwords = { store: secret(PASSWORD) };
/** The whole proof takes minutes for formats with a key derivation. */
const TIMEOUT_MS = 1_800_000;
/** Stores made up for each variant of a format; a fifth of that is enough for the second property. */
const STORES = Math.min(100, Math.max(20, Math.round(propertyRuns / 50)));

/** What a written store must read as. */
function expectedEntries(store: Store): unknown[] {
  return store.entries.map((entry) => ({
    label: entry.label,
    kind: entry.kind,
    created: entry.created?.toISOString() ?? null,
    ...(entry.kind === "trusted"
      ? { enabled: entry.enabled, chain: [entry.certificate.sha256] }
      : {}),
    ...(entry.kind === "key"
      ? {
          chain: entry.chain.map((certificate) => certificate.sha256),
          key: entry.key.state === "open" ? entry.key.pkcs8.use(sha256) : "sealed",
        }
      : {}),
  }));
}

/** Everything of a store without opening its keys: what damage must not change unnoticed. */
function sealedView(store: Store, container: Container): string {
  return JSON.stringify([
    container.format,
    container.version,
    store.defaultLabel,
    container.passwordExpires,
    store.entries.map((entry: Entry) => [
      entry.kind,
      entry.label,
      entry.created?.getTime(),
      entry.kind === "trusted" ? [entry.enabled, entry.certificate.sha256] : sealed(entry),
      entry.kind === "key" ? entry.chain.map((certificate) => certificate.sha256) : [],
    ]),
  ]);
}

function sealed(entry: Exclude<Entry, { kind: "trusted" }>): string {
  return entry.key.state === "sealed"
    ? createHash("sha256").update(entry.key.blob).digest("hex")
    : entry.key.pkcs8.use(sha256);
}

/** Reads damaged bytes: PkiError, or a store; another exception fails the test. */
async function readDamaged(
  codec: Codec,
  bytes: Uint8Array,
  given: Passwords,
): Promise<string | undefined> {
  try {
    const { store, container } = await codec.read(bytes, given);
    return sealedView(store, container);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** A file to damage, and the passwords that it opens with. */
async function sample(
  codec: Codec,
  traits: Traits,
  variant: NewContainer,
): Promise<{ bytes: Uint8Array; given: Passwords }> {
  if (traits.sample !== undefined) {
    const { path, password } = traits.sample;
    return { bytes: fixture(path), given: { store: secret(password) } };
  }
  const stores = storesOf(codec, traits).filter(
    ({ entries }) =>
      entries.length <= 5 &&
      (traits.entries[1] === 1 || new Set(entries.map((entry) => entry.kind)).size === 2),
  );
  const [store] = fc.sample(stores, { numRuns: 1, seed: propertySeed });
  if (store === undefined) throw new Error("no store");
  const container = codec.create(variant, seededBytes(1));
  return {
    bytes: await codec.write(store, container, passwords, seededBytes(2)),
    given: passwords,
  };
}

/** Writes a store; undefined where the codec refuses it and the format may. */
async function written(
  codec: Codec,
  traits: Traits,
  store: Store,
  container: Container,
  seed: number,
): Promise<Uint8Array | undefined> {
  try {
    return await codec.write(store, container, passwords, seededBytes(seed));
  } catch (error) {
    if (traits.mayRefuse && error instanceof PkiError && error.code === "format-cannot-hold") {
      return undefined;
    }
    throw error;
  }
}

it("covers every codec", () => {
  expect(FORMATS.map(({ format }) => format)).toEqual(codecs.map(({ format }) => format));
});

for (const traits of FORMATS) {
  const mutations = Math.ceil(propertyRuns / traits.variants.length);
  // What the codec writes takes real key derivations where damage is done to a sample instead.
  const stores = traits.sample === undefined ? STORES : Math.ceil(STORES / 4);
  for (const variant of traits.variants) {
    describe(`${traits.format} ${JSON.stringify(variant)}`, () => {
      it(
        "any store survives write and read, and a visit after that",
        async () => {
          const codec = await codecFor(traits.format);
          let refused = 0;
          await fc.assert(
            fc.asyncProperty(storesOf(codec, traits), fc.nat(), async (store, seed) => {
              const container = codec.create(variant, seededBytes(seed));
              const bytes = await written(codec, traits, store, container, seed);
              if (bytes === undefined) {
                refused++;
                return;
              }
              const read = await codec.read(bytes, passwords);
              const view = await storeView(codec, read, passwords);
              expect(view.entries.map(({ subject: _, ...entry }) => entry)).toEqual(
                expectedEntries(store),
              );
              expect(view.defaultLabel).toBe(store.defaultLabel);
              const again = await codec.write(
                read.store,
                read.container,
                passwords,
                seededBytes(3),
              );
              const visited = await codec.read(again, passwords);
              expect(await storeView(codec, visited, passwords)).toEqual(view);
            }),
            { numRuns: stores, seed: propertySeed },
          );
          expect(refused).toBeLessThan(stores / 2);
        },
        TIMEOUT_MS,
      );

      it(
        "the same seed gives the same bytes",
        async () => {
          const codec = await codecFor(traits.format);
          await fc.assert(
            fc.asyncProperty(storesOf(codec, traits), fc.nat(), async (store, seed) => {
              const write = () =>
                written(codec, traits, store, codec.create(variant, seededBytes(seed)), seed);
              expect(await write()).toEqual(await write());
            }),
            { numRuns: Math.ceil(stores / 5), seed: propertySeed },
          );
        },
        TIMEOUT_MS,
      );

      it(
        "a file cut at any octet ends in our error, or reads as the same store",
        async () => {
          const codec = await codecFor(traits.format);
          const { bytes, given } = await sample(codec, traits, variant);
          const whole = await readDamaged(codec, bytes, given);
          expect(whole).toBeDefined();
          const step = Math.max(1, Math.floor(bytes.length / propertyRuns));
          for (let length = 0; length < bytes.length; length += step) {
            const cut = bytes.subarray(0, length);
            const seen = await readDamaged(codec, cut, given);
            if (traits.integrity) expect(seen ?? whole, `cut at ${length}`).toBe(whole);
            await readDamaged(codec, cut, {});
          }
        },
        TIMEOUT_MS,
      );

      it(
        `${mutations} seeded mutations end in our error, or read as the same store`,
        async () => {
          const codec = await codecFor(traits.format);
          const { bytes, given } = await sample(codec, traits, variant);
          const whole = await readDamaged(codec, bytes, given);
          const random = new SeededRandom(propertySeed);
          for (let i = 0; i < mutations; i++) {
            const damaged = mutate(bytes, random);
            const where = `mutation ${i} of PROPERTY_SEED=${propertySeed}`;
            try {
              const seen = await readDamaged(codec, damaged, given);
              if (traits.integrity) expect(seen ?? whole, where).toBe(whole);
              await readDamaged(codec, damaged, {});
            } catch (cause) {
              throw new Error(where, { cause });
            }
          }
        },
        TIMEOUT_MS,
      );

      it.skipIf(traits.entries[1] === 1)(
        "time grows no worse than with the size",
        async () => {
          const codec = await codecFor(traits.format);
          const small = 100;
          const factor = 8;
          // Work, not waiting: other processes may keep the machine busy, collections and compilers come between.
          const workOf = async (count: number): Promise<number> => {
            const store = manySigners(count, (i) => `signer ${i}`);
            const container = codec.create(variant, seededBytes(1));
            const start = process.cpuUsage();
            const bytes = await codec.write(store, container, passwords, seededBytes(1));
            await codec.read(bytes, passwords);
            const { user, system } = process.cpuUsage(start);
            return user + system;
          };
          await workOf(small * factor); // warm
          let growth = Number.POSITIVE_INFINITY;
          for (let round = 0; round < 8 && growth >= (factor * factor) / 2; round++) {
            const one = await workOf(small);
            growth = Math.min(growth, (await workOf(small * factor)) / one);
          }
          // Square growth would be 64 in every round.
          expect(growth).toBeLessThan((factor * factor) / 2);
        },
        TIMEOUT_MS,
      );
    });
  }
}
