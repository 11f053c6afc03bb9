import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import { concat, fromHex } from "../../../src/bytes/octets.ts";
import { PkiError } from "../../../src/model/error.ts";
import { commonName } from "../../../src/x509/name.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { fixtureNames, pemFixture } from "../../support/fixtures.ts";
import { mutate, propertyRuns, propertySeed, SeededRandom } from "../../support/mutations.ts";
import { extension, generalizedTime, handmade, nameOf, utcTime } from "./handmade.ts";

const integer = (hex: string) => der.tlv(2, fromHex(hex));

describe("fields", () => {
  const cases: readonly (readonly [why: string, hex: string, serial: string])[] = [
    ["zero", "00", "00"],
    ["one octet", "7f", "7f"],
    ["a sign octet", "00fb9c", "fb9c"],
    ["zeros that DER forbids", "00000001", "01"],
    ["minus one", "ff", "-01"],
    ["minus 128", "80", "-80"],
    ["minus 256", "ff00", "-0100"],
    ["twenty octets", `7f${"01".repeat(19)}`, `7f${"01".repeat(19)}`],
  ];
  it.each(cases)("serial: %s", (_, hex, serial) => {
    expect(parseCertificate(handmade({ serial: integer(hex) })).serial).toBe(serial);
  });

  it.each([
    ["absent", new Uint8Array(0), 1],
    ["v1 written out", der.explicit(0, der.integer(0)), 1],
    ["v2", der.explicit(0, der.integer(1)), 2],
    ["v3", der.explicit(0, der.integer(2)), 3],
    ["an unknown one", der.explicit(0, der.integer(9)), 10],
    ["a negative one", der.explicit(0, der.integer(-1)), 0],
  ] as const)("version: %s", (_, version, expected) => {
    expect(parseCertificate(handmade({ version })).version).toBe(expected);
  });

  it("names an unknown signature algorithm by its OID", () => {
    const algorithm = der.sequence(der.oid("1.2.3.4.5"));
    expect(parseCertificate(handmade({ algorithm })).signatureAlgorithm).toBe("1.2.3.4.5");
  });

  it("reads extensions with their criticality", () => {
    const { extensions } = parseCertificate(
      handmade({
        extensions: [
          extension("2.5.29.19", der.sequence(), true),
          extension("1.2.3.4", Uint8Array.of(1, 2, 3)),
        ],
      }),
    );
    expect(extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
      ["2.5.29.19", true],
      ["1.2.3.4", false],
    ]);
    expect([...(extensions[1]?.value ?? [])]).toEqual([1, 2, 3]);
  });

  it("skips the unique identifiers of version 2", () => {
    const afterSpki = concat([
      der.tlv(0x81, Uint8Array.of(0, 1)),
      der.tlv(0x82, Uint8Array.of(0, 2)),
    ]);
    expect(parseCertificate(handmade({ afterSpki })).extensions).toEqual([]);
  });

  it.each([
    ["UTF8String", 0x0c, fromHex("4c75c48d69c487"), "Lučić"],
    ["UTF8String that is Latin-1", 0x0c, fromHex("5a6ffc"), "Zoü"],
    ["PrintableString with a forbidden character", 0x13, fromHex("61264062"), "a&@b"],
    ["IA5String with a high octet", 0x16, fromHex("e9"), "é"],
    ["TeletexString", 0x14, fromHex("4dfc6e636865"), "Münche"],
    ["BMPString", 0x1e, fromHex("004d00fc4e2d"), "Mü中"],
    ["BMPString of odd length", 0x1e, fromHex("410042"), "A\0B"],
    ["UniversalString", 0x1c, fromHex("0001f600"), "😀"],
    ["UniversalString beyond Unicode", 0x1c, fromHex("00110000"), "\0\u0011\0\0"],
    ["NumericString", 0x12, fromHex("3132"), "12"],
    ["VisibleString", 0x1a, fromHex("4142"), "AB"],
    ["a BIT STRING", 0x03, fromHex("0001"), "#03020001"],
  ] as const)("name value: %s", (_, tag, content, text) => {
    const cert = parseCertificate(handmade({ subject: nameOf("2.5.4.41", der.tlv(tag, content)) }));
    expect(cert.subject.rdns[0]?.[0]).toEqual({ type: "2.5.4.41", value: text, tag });
  });

  it.each([
    ["seconds and Z", utcTime("260102030405Z"), "2026-01-02T03:04:05.000Z"],
    ["year 49", utcTime("490102030405Z"), "2049-01-02T03:04:05.000Z"],
    ["year 50", utcTime("500102030405Z"), "1950-01-02T03:04:05.000Z"],
    ["no seconds", utcTime("2601020304Z"), "2026-01-02T03:04:00.000Z"],
    ["an offset", utcTime("260102030405+0130"), "2026-01-02T01:34:05.000Z"],
    ["an offset without seconds", utcTime("2601020304-0800"), "2026-01-02T11:04:00.000Z"],
    ["a generalized time", generalizedTime("20500102030405Z"), "2050-01-02T03:04:05.000Z"],
    ["a fraction", generalizedTime("20260102030405.678Z"), "2026-01-02T03:04:05.000Z"],
    ["a fraction behind a comma", generalizedTime("20260102030405,6Z"), "2026-01-02T03:04:05.000Z"],
    ["local time", generalizedTime("20260102030405"), "2026-01-02T03:04:05.000Z"],
    ["hours only", generalizedTime("2026010203Z"), "2026-01-02T03:00:00.000Z"],
    ["the end of time", generalizedTime("99991231235959Z"), "9999-12-31T23:59:59.000Z"],
    ["the year 1", generalizedTime("00010101000000Z"), "0001-01-01T00:00:00.000Z"],
    ["a leap day", utcTime("240229000000Z"), "2024-02-29T00:00:00.000Z"],
    ["a leap second", utcTime("161231235960Z"), "2017-01-01T00:00:00.000Z"],
  ] as const)("time: %s", (_, notBefore, iso) => {
    expect(parseCertificate(handmade({ notBefore })).notBefore.toISOString()).toBe(iso);
  });

  it.each([
    "260230000000Z",
    "250229000000Z",
    "261301000000Z",
    "260100000000Z",
    "260101240000Z",
    "260101006000Z",
    "260101000061Z",
    "260101000000",
    "260101000000X",
    "26010100000Z",
    "260101000000ZZ",
    "260101000000+2400",
    "",
    "2601010000000Z",
  ])("no time: %s", (text) => {
    expect(() => parseCertificate(handmade({ notAfter: utcTime(text) }))).toThrow(
      expect.objectContaining({
        code: "format-malformed",
        message: "notAfter is not a point in time",
      }),
    );
  });
});

describe("structure", () => {
  it("refuses bytes after the certificate and names the place", () => {
    const der = concat([handmade(), Uint8Array.of(0)]);
    expect(() => parseCertificate(der, "entries/3/chain/0")).toThrow(
      expect.objectContaining({
        code: "format-malformed",
        message: "1 unexpected bytes at the end of the certificate",
        where: expect.stringMatching(/^entries\/3\/chain\/0@/) as string,
      }),
    );
  });

  it.each([
    ["an empty INTEGER as serial", { serial: der.tlv(2) }],
    ["a serial of another type", { serial: der.utf8("1") }],
    ["a name that is a set", { subject: der.setOf() }],
    ["a fourth field behind the key", { afterSpki: der.explicit(4, der.null()) }],
    ["extensions in a list of two", { afterSpki: der.explicit(3, der.sequence(), der.sequence()) }],
    ["an extension without value", { extensions: [der.sequence(der.oid("1.2.3"))] }],
    ["a signature that is an OCTET STRING", { signature: der.octetString(new Uint8Array(3)) }],
    ["a signature with eight unused bits", { signature: der.tlv(3, Uint8Array.of(8, 0)) }],
    [
      "a key that is no BIT STRING",
      { spki: der.sequence(der.sequence(der.oid("1.2.3")), der.null()) },
    ],
    ["a version of five octets", { version: der.explicit(0, integer("0000000002")) }],
  ] as const)("refuses %s", (_, parts) => {
    expect(() => parseCertificate(handmade(parts))).toThrow(PkiError);
  });

  it("keeps to its bounds: a name nested in nothing but itself ends as an error", () => {
    let nested = der.sequence();
    for (let i = 0; i < 5000; i++) nested = der.sequence(nested);
    expect(() => parseCertificate(handmade({ subject: nested }))).toThrow(PkiError);
  });
});

describe("real certificates", () => {
  const names = fixtureNames("pem").filter((name) =>
    /^(root|intermediate|server|client|rsa|ed25519|other-root)\.pem$/.test(name),
  );

  it("are there", () => {
    expect(names.length).toBe(7);
  });

  it.each(names)("%s agrees with node:crypto", (name) => {
    const der = pemFixture(`pem/${name}`);
    const ours = parseCertificate(der);
    const theirs = new X509Certificate(der);
    expect(ours.serial).toBe(theirs.serialNumber.toLowerCase());
    expect(ours.sha256).toBe(theirs.fingerprint256.replaceAll(":", "").toLowerCase());
    expect(ours.notBefore).toEqual(new Date(theirs.validFrom));
    expect(ours.notAfter).toEqual(new Date(theirs.validTo));
    expect(commonName(ours.subject)).toBe(/^CN=(.*)$/m.exec(theirs.subject)?.[1]);
    expect(Buffer.from(ours.publicKey.spki)).toEqual(
      theirs.publicKey.export({ type: "spki", format: "der" }),
    );
  });
});

describe("damage", () => {
  const server = pemFixture("pem/server.pem");

  it("every truncation is refused", () => {
    for (let length = 0; length < server.length; length++) {
      expect(() => parseCertificate(server.subarray(0, length))).toThrow(PkiError);
    }
  });

  it("a mutation gives a PkiError or a certificate of those bytes", () => {
    const sources = ["server", "client", "rsa", "ed25519", "root"].map((name) =>
      pemFixture(`pem/${name}.pem`),
    );
    const random = new SeededRandom(propertySeed);
    for (let run = 0; run < propertyRuns; run++) {
      const damaged = mutate(sources[run % sources.length] as Uint8Array, random);
      try {
        const cert = parseCertificate(damaged);
        // What was accepted is taken whole: it reads the same again, dates can be shown.
        expect(cert.der).toBe(damaged);
        expect(parseCertificate(damaged.slice()).sha256).toBe(cert.sha256);
        cert.notAfter.toISOString();
      } catch (error) {
        if (!(error instanceof PkiError)) throw new Error(`run ${run}`, { cause: error });
        expect(error.code).toMatch(/^(format-malformed|limit-exceeded)$/);
      }
    }
  });
});
