import { describe, expect, test } from "vitest";
import { CaIndex } from "../../../../src/app/ca/index-file.ts";
import { toHex } from "../../../../src/bytes/octets.ts";
import { digest } from "../../../../src/crypto/digest.ts";
import type { Certificate } from "../../../../src/model/certificate.ts";
import type { PkiError } from "../../../../src/model/error.ts";
import { parseName } from "../../../../src/x509/name.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const hash = (text: string) => toHex(digest("sha256", encode(text)));
const ISSUED = new Date("2026-11-22T00:00:00Z");
const ca = { sha256: hash("the CA") } as Certificate;

function certificate(serial: string): Certificate {
  return {
    serial,
    subject: parseName(`CN=${serial}`),
    sha256: hash(serial),
    notBefore: ISSUED,
    notAfter: new Date("2027-11-22T00:00:00Z"),
  } as Certificate;
}

function indexText(...serials: string[]): string {
  const index = new CaIndex("index.ndjson", ca);
  for (const serial of serials) index.add(certificate(serial), "server", ISSUED);
  return new TextDecoder().decode(index.changes().writes[0]?.bytes);
}

const open = (text: string) =>
  new CaIndex("index.ndjson", ca, { bytes: encode(text), sha256: hash(text) });

const unusable = (where?: string) =>
  expect.objectContaining<Partial<PkiError>>({
    code: "ca-unusable",
    path: "index.ndjson",
    ...(where === undefined ? {} : { where }),
  });

describe("the index of a CA", () => {
  test("one JSON line a certificate, each with the hash of the line before", () => {
    const lines = indexText("40aa", "40bb").split("\n");
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      serial: "40aa",
      subject: "CN=40aa",
      sha256: hash("40aa"),
      notBefore: "2026-11-22T00:00:00Z",
      notAfter: "2027-11-22T00:00:00Z",
      profile: "server",
      issuedAt: "2026-11-22T00:00:00Z",
      previous: ca.sha256,
    });
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ previous: hash(lines[0] ?? "") });
    expect(lines[2]).toBe("");
  });

  test("a new index is a file that must not exist; a known one is appended to", () => {
    expect(new CaIndex("i", ca).changes().writes[0]).toMatchObject({
      expect: { absent: true },
      private: true,
    });
    const text = indexText("40aa");
    const index = open(text);
    expect(index.changes()).toEqual({ appends: [], writes: [] });
    index.add(certificate("40bb"), "server", ISSUED);
    index.add(certificate("40cc"), "client", ISSUED);
    const { appends, writes } = index.changes();
    expect(writes).toEqual([]);
    const grown = `${text}${appends[0]?.line}\n`;
    expect(appends).toHaveLength(1);
    expect(open(grown).count).toBe(3);
    expect(grown.startsWith(indexText("40aa", "40bb"))).toBe(true);
  });

  test("knows the serials it holds, new ones included", () => {
    const index = open(indexText("40aa"));
    index.add(certificate("40bb"), "peer", ISSUED);
    expect(["40aa", "40bb", "40cc"].map((serial) => index.has(serial))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("a last line that was cut off at any byte is cut and said", () => {
    const first = indexText("40aa");
    const both = indexText("40aa", "40bb");
    // Without its line feed alone the last line is whole, and kept: see below.
    for (let length = first.length + 1; length < both.length - 1; length++) {
      const torn = both.slice(0, length);
      const index = open(torn);
      expect(index.count).toBe(1);
      expect(index.notices).toHaveLength(1);
      expect(index.notices[0]?.message).toContain(`${length - first.length} bytes`);
      index.add(certificate("40cc"), "server", ISSUED);
      const { appends, writes } = index.changes();
      expect(appends).toEqual([]);
      expect(writes[0]?.expect).toEqual({ sha256: hash(torn) });
      expect(new TextDecoder().decode(writes[0]?.bytes)).toBe(indexText("40aa", "40cc"));
    }
  });

  test("a last line without its line feed is whole, and the next begins a line of its own", () => {
    const text = indexText("40aa").trimEnd();
    const index = open(text);
    expect(index.notices).toEqual([]);
    index.add(certificate("40bb"), "server", ISSUED);
    const { appends } = index.changes();
    expect(`${text}${appends[0]?.line}\n`).toBe(indexText("40aa", "40bb"));
  });

  test("a line that was changed, removed or put in between is an error with its number", () => {
    const [a = "", b = "", c = ""] = indexText("40aa", "40bb", "40cc").split("\n");
    const file = (...lines: string[]) => lines.map((line) => `${line}\n`).join("");
    expect(open(file(a, b, c)).count).toBe(3);
    expect(() => open(file(a.replace("server", "client"), b, c))).toThrow(unusable("line 2"));
    expect(() => open(file(a, c))).toThrow(unusable("line 2"));
    expect(() => open(file(b, c))).toThrow(unusable("line 1"));
    expect(() => open(file(a, a))).toThrow(unusable("line 2"));
    expect(() => open(file(a, "", b))).toThrow(unusable("line 2"));
    expect(() => open(file(a, "{}"))).toThrow(unusable("line 2"));
    expect(() => open(file(a, b.slice(0, 40), c))).toThrow(unusable("line 2"));
  });

  test("the index of another CA does not fit", () => {
    const other = { sha256: hash("another CA") } as Certificate;
    const bytes = encode(indexText("40aa"));
    expect(() => new CaIndex("index.ndjson", other, { bytes, sha256: "" })).toThrow(
      unusable("line 1"),
    );
  });

  test("what is no text at all is refused, not taken for a torn line", () => {
    expect(() => open("\u0000\n")).toThrow(unusable("line 1"));
    expect(() => open("[1]\nx")).toThrow(unusable("line 1"));
  });
});
