import { describe, expect, it } from "vitest";
import { ca, cert, ecKey, ext } from "../../../scripts/fixtures/rules/forge.ts";
import { crl } from "../../../scripts/fixtures/rules/forge-crl.ts";
import { contextConstructed } from "../../../src/bytes/der-tag.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { PkiError } from "../../../src/model/error.ts";
import { crlAuthorityKeyId, crlSignedBy, parseCrl, revocations } from "../../../src/x509/crl.ts";
import { printName, sameName } from "../../../src/x509/name.ts";

const root = ca("CN=Root,O=Forge");
const [one, two, three] = ["one", "two", "three"].map((name) =>
  cert({ subject: `CN=${name}.example.com,O=Forge`, issuer: root }),
) as [ReturnType<typeof cert>, ReturnType<typeof cert>, ReturnType<typeof cert>];
const serials = new Set([one, two, three].map(({ certificate }) => certificate.serial));
const ours = () => false;

describe("a revocation list", () => {
  const bytes = crl(root, {
    revoked: [{ of: one }, { of: two, reason: 1, date: "2026-03-04T05:06:07Z" }],
    number: 7,
  });
  const list = parseCrl(bytes);

  it("says who made it, when, and until when it counts", () => {
    expect(printName(list.issuer)).toBe("CN=Root,O=Forge");
    expect(list).toMatchObject({
      version: 2,
      count: 2,
      signatureAlgorithm: "ecdsa-with-SHA256",
      thisUpdate: new Date("2026-06-01"),
      nextUpdate: new Date("2026-12-01"),
    });
    expect(list.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(crlAuthorityKeyId(list)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("may have no end, no entries and no extensions", () => {
    const bare = parseCrl(crl(root, { to: null, extensions: false }));
    expect(bare.nextUpdate).toBe(undefined);
    expect(bare).toMatchObject({ count: 0, extensions: [] });
    expect(crlAuthorityKeyId(bare)).toBe(undefined);
    expect(revocations(bare, serials, ours)).toEqual([]);
  });

  it("names revoked certificates, with date and reason", () => {
    expect(revocations(list, serials, ours)).toEqual([
      { serial: one.certificate.serial, date: new Date("2026-02-01"), reason: "unspecified" },
      {
        serial: two.certificate.serial,
        date: new Date("2026-03-04T05:06:07Z"),
        reason: "keyCompromise",
      },
    ]);
    expect(revocations(list, new Set([three.certificate.serial]), ours)).toEqual([]);
  });

  it("is proved by the key that signed it and no other", () => {
    expect(crlSignedBy(list, root.certificate.publicKey)).toBe(true);
    expect(crlSignedBy(list, one.certificate.publicKey)).toBe(false);
    const changed = bytes.slice();
    const at = changed.length - 1;
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(crlSignedBy(parseCrl(changed), root.certificate.publicKey)).toBe(false);
  });
});

describe("a revocation list for several issuers (RFC 5280 §5.3.3)", () => {
  const issuerOf = (name: Uint8Array) =>
    ext.raw("2.5.29.29", true, der.sequence(der.tlv(contextConstructed(4), name)));
  const entry = (of: typeof one, ...extensions: readonly Uint8Array[]) =>
    der.sequence(
      der.integer(BigInt(`0x${of.certificate.serial}`)),
      der.time(new Date("2026-02-01")),
      ...(extensions.length === 0 ? [] : [der.sequence(...extensions)]),
    );
  const other = ca("CN=Other,O=Forge", { key: ecKey("other") });

  it("gives an entry to the issuer that was named last", () => {
    const list = listOf(
      entry(one),
      entry(two, issuerOf(other.certificate.subject.der)),
      entry(three),
      entry(one, issuerOf(root.certificate.subject.der)),
    );
    const found = revocations(list, serials, (name) => sameName(name, root.certificate.subject));
    expect(found.map(({ serial }) => serial)).toEqual([
      one.certificate.serial,
      one.certificate.serial,
    ]);
  });

  it("takes an entry whose details cannot be read for one without", () => {
    const odd = ext.raw("2.5.29.21", false, Uint8Array.of(0x0a, 0x05, 0x01));
    expect(revocations(listOf(entry(one, odd)), serials, ours)).toMatchObject([
      { reason: "unspecified" },
    ]);
  });
});

/** A list with these entries; its signature is none. */
function listOf(...entries: readonly Uint8Array[]) {
  const algorithm = der.sequence(der.oid("1.2.840.10045.4.3.2"));
  const body = der.sequence(
    der.integer(1),
    algorithm,
    root.certificate.subject.der,
    der.time(new Date("2026-06-01")),
    der.sequence(...entries),
  );
  return parseCrl(der.sequence(body, algorithm, der.bitString(new Uint8Array(8))));
}

describe("a damaged revocation list", () => {
  it("cut at any octet, or with any octet changed, is refused or is a list", () => {
    const bytes = crl(root, { revoked: [{ of: one, reason: 1 }] });
    const tried = (changed: Uint8Array): string => {
      try {
        const list = parseCrl(changed);
        revocations(list, serials, ours);
        crlAuthorityKeyId(list);
        crlSignedBy(list, root.certificate.publicKey);
        return "a list";
      } catch (error) {
        if (error instanceof PkiError) return error.code;
        throw error;
      }
    };
    const codes = new Set<string>();
    for (let at = 0; at < bytes.length; at++) {
      expect(tried(bytes.subarray(0, at))).toBe("format-malformed");
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      codes.add(tried(changed));
    }
    expect([...codes].sort()).toEqual(["a list", "format-malformed"]);
    expect(tried(Uint8Array.of(...bytes, 0))).toBe("format-malformed");
  });
});
