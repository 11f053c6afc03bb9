import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import { concat, fromHex } from "../../../src/bytes/octets.ts";
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  extendedKeyUsage,
  keyUsage,
  malformedExtensions,
  nameConstraints,
  printGeneralName,
  printPurpose,
  subjectAltNames,
  subjectKeyIdentifier,
} from "../../../src/x509/extensions.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { extension, handmade, nameOf } from "./handmade.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const having = (...extensions: Uint8Array[]) => parseCertificate(handmade({ extensions }));
const dns = (name: string): Uint8Array => der.tlv(0x82, ascii(name));
const uri = (text: string): Uint8Array => der.tlv(0x86, ascii(text));
const san = (...names: Uint8Array[]) => having(extension("2.5.29.17", der.sequence(...names)));

describe("subjectAltNames", () => {
  it.each([
    ["DNS:host.example.com", dns("host.example.com")],
    ["email:a@b", der.tlv(0x81, ascii("a@b"))],
    ["URI:urn:x", uri("urn:x")],
    ["IP:192.0.2.1", der.tlv(0x87, Uint8Array.of(192, 0, 2, 1))],
    ["IP:2001:db8::1", der.tlv(0x87, fromHex("20010db8000000000000000000000001"))],
    ["IP:::", der.tlv(0x87, new Uint8Array(16))],
    ["IP:1:0:0:2::3", der.tlv(0x87, fromHex("00010000000000020000000000000003"))],
    ["IP:2001:db8:0:1:1:1:1:1", der.tlv(0x87, fromHex("20010db8000000010001000100010001"))],
    ["dirName:CN=a\\, b", der.explicit(4, nameOf("2.5.4.3", der.utf8("a, b")))],
    ["RID:1.2.3.4", der.tlv(0x88, fromHex("2a0304"))],
    [
      "otherName:1.3.6.1.4.1.311.20.2.3;user@host",
      der.explicit(
        0,
        concat([der.oid("1.3.6.1.4.1.311.20.2.3"), der.explicit(0, der.utf8("user@host"))]),
      ),
    ],
    [
      "otherName:1.2.3;#020101",
      der.explicit(0, concat([der.oid("1.2.3"), der.explicit(0, der.integer(1))])),
    ],
  ])("prints %s", (text, name) => {
    expect(subjectAltNames(san(name)).map(printGeneralName)).toEqual([text]);
  });

  it("keeps file order and gives none where there are none", () => {
    expect(subjectAltNames(san(dns("b"), dns("a"))).map(({ value }) => value)).toEqual(["b", "a"]);
    expect(subjectAltNames(having())).toEqual([]);
  });

  it("one name cannot pass for two, nor leave its line (CVE-2021-44532)", () => {
    const hostile = san(dns("good.example, DNS:evil.example"), dns("a\nb"), dns('a"b'));
    expect(subjectAltNames(hostile).map(printGeneralName)).toEqual([
      'DNS:"good.example, DNS:evil.example"',
      'DNS:"a\\nb"',
      'DNS:"a\\"b"',
    ]);
  });

  it.each([
    ["an address of three octets", der.tlv(0x87, Uint8Array.of(1, 2, 3))],
    ["an unknown kind", der.tlv(0x89, Uint8Array.of(1))],
    ["a truncated directory name", der.tlv(0xa4, Uint8Array.of(0x30, 5))],
  ])("counts as absent with %s, and is named", (_, name) => {
    const cert = san(dns("a"), name);
    expect(subjectAltNames(cert)).toEqual([]);
    expect(malformedExtensions(cert)).toEqual(["2.5.29.17"]);
  });
});

describe("the others", () => {
  it("basic constraints", () => {
    const of = (...parts: Uint8Array[]) =>
      basicConstraints(having(extension("2.5.29.19", der.sequence(...parts), true)));
    expect(of()).toEqual({ ca: false });
    expect(of(der.boolean(true))).toEqual({ ca: true });
    expect(of(der.boolean(true), der.integer(0))).toEqual({ ca: true, pathLength: 0 });
    expect(of(der.boolean(true), der.integer(-1))).toBeUndefined();
    expect(of(der.boolean(true), der.integer(1), der.null())).toBeUndefined();
    expect(basicConstraints(having())).toBeUndefined();
  });

  it("key usage, the ninth bit too", () => {
    const of = (...octets: number[]) =>
      keyUsage(having(extension("2.5.29.15", der.tlv(3, Uint8Array.from(octets)))));
    expect(of(5, 0xa0)).toEqual(["digitalSignature", "keyEncipherment"]);
    expect(of(7, 0x06, 0x80)).toEqual(["keyCertSign", "cRLSign", "decipherOnly"]);
    expect(of(0)).toEqual([]);
    expect(of(8, 1)).toBeUndefined();
    expect(keyUsage(having())).toBeUndefined();
  });

  it("extended key usage", () => {
    const cert = having(
      extension("2.5.29.37", der.sequence(der.oid("1.3.6.1.5.5.7.3.1"), der.oid("1.2.3"))),
    );
    expect(extendedKeyUsage(cert)?.map(printPurpose)).toEqual(["serverAuth", "1.2.3"]);
  });

  it("key identifiers", () => {
    const cert = having(
      extension("2.5.29.14", der.octetString(fromHex("0a0b"))),
      extension(
        "2.5.29.35",
        der.sequence(
          der.tlv(0x80, fromHex("0c0d")),
          der.tlv(0xa1, der.explicit(4, nameOf("2.5.4.3", der.utf8("Root")))),
          der.tlv(0x82, fromHex("0102")),
        ),
      ),
    );
    expect(subjectKeyIdentifier(cert)).toBe("0a0b");
    const authority = authorityKeyIdentifier(cert);
    expect(authority).toMatchObject({ keyIdentifier: "0c0d", serial: "0102" });
    expect(authority?.issuer.map(printGeneralName)).toEqual(["dirName:CN=Root"]);
  });

  it("distribution points, access, policies and name constraints", () => {
    const cert = having(
      extension(
        "2.5.29.31",
        der.sequence(
          der.sequence(der.explicit(0, der.explicit(0, uri("http://c/1"), uri("ldap://c/2")))),
          der.sequence(der.explicit(2, der.explicit(4, nameOf("2.5.4.3", der.utf8("x"))))),
        ),
      ),
      extension(
        "1.3.6.1.5.5.7.1.1",
        der.sequence(
          der.sequence(der.oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp")),
          der.sequence(der.oid("1.2.3"), uri("http://other")),
        ),
      ),
      extension(
        "2.5.29.32",
        der.sequence(
          der.sequence(
            der.oid("1.2.3"),
            der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), der.ia5("http://cps"))),
          ),
          der.sequence(der.oid("2.5.29.32.0")),
        ),
      ),
      extension(
        "2.5.29.30",
        der.sequence(
          der.explicit(0, der.sequence(dns("example.com"))),
          der.explicit(1, der.sequence(der.tlv(0x87, fromHex("0a000000ff000000")))),
        ),
        true,
      ),
    );
    expect(malformedExtensions(cert)).toEqual([]);
    expect(crlDistributionPoints(cert).map(printGeneralName)).toEqual([
      "URI:http://c/1",
      "URI:ldap://c/2",
    ]);
    expect(
      authorityInfoAccess(cert).map(({ method, location }) => [method, location.value]),
    ).toEqual([
      ["OCSP", "http://ocsp"],
      ["1.2.3", "http://other"],
    ]);
    expect(certificatePolicies(cert)).toEqual([
      { oid: "1.2.3", cps: ["http://cps"] },
      { oid: "2.5.29.32.0", cps: [] },
    ]);
    const constraints = nameConstraints(cert);
    expect(constraints?.permitted.map(printGeneralName)).toEqual(["DNS:example.com"]);
    expect(constraints?.excluded.map(printGeneralName)).toEqual(["IP:10.0.0.0/255.0.0.0"]);
  });

  it("an extension that is there twice is named", () => {
    const twice = extension("2.5.29.19", der.sequence());
    expect(malformedExtensions(having(twice, twice))).toEqual(["2.5.29.19"]);
  });

  it("a hundred thousand names are no more than that", () => {
    const names = concat(Array.from({ length: 100_000 }, () => dns("a")));
    const cert = having(extension("2.5.29.17", der.tlv(0x30, names)));
    expect(subjectAltNames(cert).length).toBe(100_000);
  });
});
