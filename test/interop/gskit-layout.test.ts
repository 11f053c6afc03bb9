import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { concat } from "../../src/bytes/octets.ts";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import { integrityOf, partsOf, verifierOf } from "../../src/codecs/kdb/integrity.ts";
import { type KdbHeader, readHeader, writeHeader } from "../../src/codecs/kdb/layout.ts";
import { type KdbRecord, readSlot, writeSlot } from "../../src/codecs/kdb/record.ts";
import { writeStash } from "../../src/codecs/kdb/stash.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry } from "../../src/model/store.ts";
import { fixture } from "../support/fixtures.ts";
import { Gskit } from "../support/gskit.ts";
import { type Identity, makeIdentity } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { anyRandom, keyEntry, signerEntry } from "../support/stores.ts";
import { listenTls, type TlsListener } from "../support/tls-listener.ts";

/**
 * Questions about the layout that only GSKit can answer: docs/formats/kdb.md rests on these answers.
 * What it makes of whole stores is asked in gskit.test.ts.
 */
describePeer(["gskit", "openssl"], "GSKit on the layout of a key database", (python) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-layout-"));
  const gskit = new Gskit(python);
  const password = Secret.fromText("fixture-password");
  let root: Identity;
  let client: Identity;
  let listener: TlsListener;
  let header: KdbHeader;
  let records: readonly [KdbRecord, KdbRecord];

  beforeAll(async () => {
    root = makeIdentity(folder, "root", { ca: true });
    const server = makeIdentity(folder, "server", { issuer: root, san: "DNS:localhost" });
    client = makeIdentity(folder, "emir", { issuer: root });
    listener = await listenTls({ key: server.key, cert: server.cert, ca: root.cert });
    const bytes = await write([signerEntry("root", root), keyEntry("me", client)]);
    header = readHeader(bytes);
    const slot = (i: number) => partsOf("4", bytes).slots.subarray(i * 5000, (i + 1) * 5000);
    records = [readSlot(slot(0), "1"), readSlot(slot(1), "2")];
  });
  beforeEach(() => listener.forget());
  afterAll(async () => {
    gskit.stop();
    await listener.close();
    rmSync(folder, { recursive: true });
  });

  function write(entries: readonly Entry[]): Promise<Uint8Array> {
    return kdbCodec.write(
      { entries },
      kdbCodec.create({}, anyRandom),
      { store: password },
      anyRandom,
    );
  }

  /** A file of these records with right MACs. */
  function build(
    made: readonly KdbRecord[],
    more: { header?: Partial<KdbHeader>; after?: number } = {},
  ): Uint8Array {
    const slots = new Uint8Array(5000 * made.length + (more.after ?? 0));
    for (const [i, record] of made.entries()) slots.set(writeSlot(record), i * 5000);
    return password.use((secret) => {
      const first = writeHeader({ ...header, count: made.length, ...more.header });
      const head = concat([first, verifierOf("4", first, secret)]);
      return concat([head, integrityOf("4", head, slots, 5000, secret), slots]);
    });
  }

  /** `sent`: the handshake finished with our certificate; `none`: without one; else GSKit's code. */
  async function ask(
    bytes: Uint8Array,
    label: string | undefined = "me",
    stash?: Uint8Array,
  ): Promise<"sent" | "none" | number | null> {
    const store = join(folder, "key.kdb");
    writeFileSync(store, bytes);
    if (stash !== undefined) writeFileSync(join(folder, "key.sth"), stash);
    const { code } = await gskit.connect({
      store,
      port: listener.port,
      ...(stash === undefined
        ? { password: "fixture-password" }
        : { stash: join(folder, "key.sth") }),
      ...(label === "" ? {} : { label }),
    });
    if (code !== 420) return code;
    return listener.sessions.at(-1)?.authorized === true ? "sent" : "none";
  }

  const text = (label: string) => new TextEncoder().encode(label);
  const own = (change: Partial<KdbRecord>) => build([records[0], { ...records[1], ...change }]);

  it("takes the file that the questions start from", async () => {
    expect(await ask(build(records))).toBe("sent");
  });

  it("finds a record by the label in its DER, not by the slot's", async () => {
    const bytes = own({ label: text("slot") });
    expect(await ask(bytes, "me")).toBe("sent");
    expect(await ask(bytes, "slot")).toBe("none");
  });

  it("finds labels of up to 256 bytes, whatever they are characters of", async () => {
    for (const label of ["x".repeat(256), "é".repeat(128)]) {
      expect(
        await ask(await write([signerEntry("root", root), keyEntry(label, client)]), label),
      ).toBe("sent");
    }
    const long = "x".repeat(257);
    const bytes = own({ label: text(long), derLabel: text(long) });
    expect(await ask(bytes, long)).toBe("none");
    expect(await ask(bytes, "")).toBe("sent");
  });

  it("opens files with labels that are empty or no UTF-8, or have control characters", async () => {
    for (const label of [text(""), Uint8Array.of(0xff, 0xfe), text("a\0b"), text("a\nb")]) {
      expect(await ask(own({ label, derLabel: label }), "")).toBe("sent");
    }
  });

  it("passes over slots of type 2, and of no other", async () => {
    expect(await ask(own({ type: 2 }))).toBe("none");
    for (const type of [0, 3, 0x102]) expect(await ask(own({ type }))).toBe("sent");
  });

  it("does not mind numbers, issuer records, further flags, index keys, salts", async () => {
    const salt = new Uint8Array(24);
    for (const bytes of [
      own({ number: 1, derNumber: 1 }),
      own({ number: 9, derNumber: 4 }),
      own({ issuerRecord: 99 }),
      own({ flags: 0x801 }),
      own({ flags: 0 }),
      own({ tail: new Uint8Array(0) }),
      build(records, { header: { salt } }),
      build(records, { header: { kind: 1 } }),
    ]) {
      expect(await ask(bytes)).toBe("sent");
    }
  });

  it("refuses bytes after the last slot, and kinds other than 1 and 2", async () => {
    expect(await ask(build(records, { after: 100 }))).toBe(408);
    expect(await ask(build(records, { header: { kind: 3 } }))).toBe(408);
  });

  it("completes a chain from a personal certificate, and not from a disabled signer", async () => {
    const own = keyEntry("me", client);
    expect(await ask(await write([keyEntry("ca", root), own]))).toBe("sent");
    const other = makeIdentity(folder, "other", { ca: true });
    const below = keyEntry("me", makeIdentity(folder, "below", { issuer: other }));
    const disabled = [signerEntry("root", root), signerEntry("other", other, false), below];
    expect(await ask(await write(disabled))).toBe("none");
  });

  describe("opens our fixtures", () => {
    // The server's signer is in none of them: GSKit refuses its certificate (414), after it has opened the file.
    it.each(["v3.kdb", "v4.kdb", "v6.kdb", "zos.kdb", "seals.kdb", "label-bytes.kdb"])(
      "%s",
      async (name) => {
        expect(await ask(fixture(`kdb/${name}`), "")).toBe(414);
      },
    );

    it("but not a .kdb with a request and a secret key: we never write one", async () => {
      expect(await ask(fixture("kdb/strange-records.kdb"), "")).toBe(408);
    });

    it("nor those whose MACs are wrong", async () => {
      expect(await ask(fixture("attacks/kdb-integrity-changed.kdb"), "")).toBe(408);
      expect(await ask(fixture("attacks/kdb-verifier-changed.kdb"), "")).toBe(408);
    });
  });

  it("reads every stash of version 2, the one in 256 that needs one more hash too", async () => {
    const bytes = build(records);
    const { createHash } = await import("node:crypto");
    const sha256 = (...parts: Uint8Array[]) =>
      createHash("sha256").update(Buffer.concat(parts)).digest();
    for (let found = 0; found < 2; ) {
      const stash = writeStash(password, 2, anyRandom);
      if (sha256(stash.subarray(0, 64))[8] !== 3) continue;
      found++;
      expect(await ask(bytes, "me", stash)).toBe("sent");
    }
  });
});
