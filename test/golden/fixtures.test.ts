import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../src/bytes/octets.ts";
import type { Passwords } from "../../src/codecs/codec.ts";
import { codecFor, recognise } from "../../src/codecs/index.ts";
import { PkiError } from "../../src/model/error.ts";
import {
  fixture,
  fixturesFolder,
  type ManifestEntry,
  manifest,
  secret,
} from "../support/fixtures.ts";
import { seededBytes } from "../support/mutations.ts";
import { storeView } from "../support/view.ts";

/**
 * Every store of certs-fixtures/manifest.json: what it reads as stands in certs-fixtures/views, a damaged
 * one fails with its own code and place. `UPDATE=1` writes the views; they are reviewed like code.
 */

/** Formats without anything random in them: an untouched store gives its own bytes. */
const DETERMINISTIC = new Set(["kdb", "jks", "pem", "der"]);

function passwordsOf(entry: ManifestEntry): Passwords {
  return entry.password === undefined ? {} : { store: secret(entry.password) };
}

function keyPasswords(entry: ManifestEntry): (label: string) => Passwords | undefined {
  const own = new Map(Object.entries(entry.keyPasswords ?? {}));
  return (label) => {
    const text = own.get(label);
    return text === undefined ? undefined : { key: secret(text) };
  };
}

function viewPath(name: string): string {
  return join(fixturesFolder, "views", `${name}.json`);
}

const all = [...manifest()];
const failing = all.filter(([, entry]) => entry.error !== undefined);
const readable = all.filter(([, entry]) => entry.error === undefined);

describe("fixtures that read", () => {
  it.each(readable)("%s reads as its view says", async (name, entry) => {
    const bytes = fixture(name);
    expect(recognise(bytes)).toBe(entry.format);
    const codec = await codecFor(entry.format);
    const passwords = passwordsOf(entry);
    const read = await codec.read(bytes, passwords);
    const view = await storeView(codec, read, passwords, keyPasswords(entry));
    const text = `${JSON.stringify(view, undefined, 2)}\n`;
    const path = viewPath(name);
    if (process.env.UPDATE === "1") {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    if (!existsSync(path)) throw new Error(`no view of ${name}: UPDATE=1 writes it`);
    expect(text).toBe(readFileSync(path, "utf8"));
  });

  it.each(readable)("%s survives a visit", async (name, entry) => {
    const bytes = fixture(name);
    const codec = await codecFor(entry.format);
    const passwords = passwordsOf(entry);
    const read = await codec.read(bytes, passwords);
    const written = await codec.write(read.store, read.container, passwords, seededBytes(1));
    if (DETERMINISTIC.has(entry.format)) {
      expect(equalBytes(written, bytes)).toBe(entry.rebuilt === undefined);
    }
    const again = await codec.read(written, passwords);
    const keys = keyPasswords(entry);
    expect(await storeView(codec, again, passwords, keys)).toEqual(
      await storeView(codec, read, passwords, keys),
    );
  });
});

describe("fixtures that must fail", () => {
  it.each(failing)("%s", async (name, entry) => {
    const codec = await codecFor(entry.format);
    const found = await codec.read(fixture(name), passwordsOf(entry)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(found).toBeInstanceOf(PkiError);
    const { code, where } = found as PkiError;
    const place = where?.replace(/@\d+$/, ""); // offsets change when the fixtures are made again
    expect({ code, where: place }).toEqual({ code: entry.error?.code, where: entry.error?.where });
  });
});
