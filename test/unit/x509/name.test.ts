import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tag } from "../../../src/bytes/der-tag.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { PkiError } from "../../../src/model/error.ts";
import { ATTRIBUTE_TYPES } from "../../../src/x509/attribute-types.ts";
import { commonName, encodeName, parseName, printName, sameName } from "../../../src/x509/name.ts";
import { parseNameDer } from "../../../src/x509/parse.ts";
import { nameOf } from "./handmade.ts";

describe("parseName", () => {
  const same: readonly (readonly [why: string, text: string, printed: string])[] = [
    // RFC 4514 §4
    ["RFC 4514", "UID=jsmith,DC=example,DC=net", "UID=jsmith,DC=example,DC=net"],
    [
      "RFC 4514, several values",
      "CN=J.  Smith+OU=Sales,DC=example",
      "OU=Sales+CN=J.  Smith,DC=example",
    ],
    [
      "RFC 4514, escapes",
      'CN=James \\"Jim\\" Smith\\, III,DC=example',
      'CN=James \\"Jim\\" Smith\\, III,DC=example',
    ],
    [
      "RFC 4514, a carriage return",
      "CN=Before\\0dAfter,DC=example",
      "CN=Before\\0dAfter,DC=example",
    ],
    ["RFC 4514, an unnamed type", "1.3.6.1.4.1.1466.0=#04024869", "1.3.6.1.4.1.1466.0=#04024869"],
    ["RFC 4514, UTF-8 in hex", "CN=Lu\\C4\\8Di\\C4\\87", "CN=Lučić"],
    // RFC 2253 and RFC 1779
    [
      "quoted",
      'CN=L. Eagle,O="Sue, Grabbit and Runn",C=GB',
      "CN=L. Eagle,O=Sue\\, Grabbit and Runn,C=GB",
    ],
    ["quoted with an escape", 'O="a\\"b\\\\c"', 'O=a\\"b\\\\c'],
    ["semicolons and blanks", " CN = Steve ; O = Example ; C = GB ", "CN=Steve,O=Example,C=GB"],
    ["OID prefix", "OID.2.5.4.3=x,oid.2.5.4.10=y", "CN=x,O=y"],
    ["lower case", "cn=a,ou=b,c=GB", "CN=a,OU=b,C=GB"],
    // keytool and GSKit
    ["S and SP", "CN=a,S=Kent", "CN=a,ST=Kent"],
    ["SP", "CN=a,SP=Kent", "CN=a,ST=Kent"],
    [
      "mail names",
      "E=a@b,EMAIL=c@d,EMAILADDRESS=e@f,MAIL=g@h",
      "emailAddress=a@b,emailAddress=c@d,emailAddress=e@f,emailAddress=g@h",
    ],
    [
      "other GSKit names",
      "CN=a,T=Dr,PC=123,DNQ=x,USERID=u,UNSTRUCTUREDNAME=n,UNSTRUCTUREDADDRESS=d,STREET=s,SERIALNUMBER=7",
      "CN=a,title=Dr,postalCode=123,dnQualifier=x,UID=u,unstructuredName=n,unstructuredAddress=d,STREET=s,serialNumber=7",
    ],
    // OpenSSL
    ["OpenSSL", "/C=GB/O=Example/CN=QM1", "CN=QM1,O=Example,C=GB"],
    ["OpenSSL, a slash in a value", "/O=http://a/b/CN=x", "CN=x,O=http://a/b"],
    ["OpenSSL, an escaped slash", "/O=a\\/CN=b/CN=x", "CN=x,O=a/CN=b"],
    ["OpenSSL, several values", "/CN=a+OU=b/", "CN=a+OU=b"],
    ["OpenSSL, a comma", "/O=Example, Inc./CN=x", "CN=x,O=Example\\, Inc."],
    // edges of values
    ["blanks at the edges", "CN=\\ a\\ ", "CN=\\ a\\ "],
    ["an octothorpe", "CN=\\#1", "CN=\\#1"],
    ["an equals sign", "CN=a=b", "CN=a=b"],
    ["beyond the BMP", "CN=😀", "CN=😀"],
  ];
  it.each(same)("%s: %s", (_, text, printed) => {
    const name = parseName(text);
    expect(printName(name)).toBe(printed);
    expect(parseName(printed)).toEqual(name);
  });

  it("encodes the attribute written last first, C as PrintableString, the others as UTF8String", () => {
    expect(toHex(parseName("CN=QM1,O=Example,C=GB").der)).toBe(
      toHex(
        der.sequence(
          der.setOf(der.sequence(der.oid("2.5.4.6"), der.printable("GB"))),
          der.setOf(der.sequence(der.oid("2.5.4.10"), der.utf8("Example"))),
          der.setOf(der.sequence(der.oid("2.5.4.3"), der.utf8("QM1"))),
        ),
      ),
    );
    expect(
      parseName("E=a@b,DC=c,SERIALNUMBER=1,DNQ=2")
        .rdns.flat()
        .map(({ tag }) => tag),
    ).toEqual([Tag.printableString, Tag.printableString, Tag.ia5String, Tag.ia5String]);
  });

  it.each([
    ["", "the distinguished name is empty"],
    ["   ", "the distinguished name is empty"],
    ["/", "the distinguished name is empty"],
    ["QM1", 'attribute "QM1" has no "="'],
    ["CN=C++", 'attribute at character 6 has no "="'],
    ["O=Example, Inc.", 'attribute "Inc." has no "="'],
    ["CN=a,", "the name ends with a separator"],
    ["CN=a,,C=GB", 'attribute at character 6 has no "="'],
    ["CN=", "CN is empty"],
    ['CN=""', "CN is empty"],
    ["FOO=x", '"FOO" is not an attribute of a distinguished name'],
    ["3.1=x", '"3.1" is not an object identifier'],
    ["1.40=x", '"1.40" is not an object identifier'],
    ["1.2.=x", '"1.2." is not an object identifier'],
    ["C=GBR", "C is not a country code of two letters"],
    ["C=G1", "C is not a country code of two letters"],
    ['CN="a', "CN has a quotation mark that is not closed"],
    ['CN="a"b', "CN has text after the end of its value"],
    ['CN=a"b', "CN has a quotation mark inside its value"],
    ["CN=a\\qb", "CN has a backslash that escapes nothing"],
    ["CN=a\\", "CN has a backslash that escapes nothing"],
    ["CN=\\ff", "CN has escaped octets that are not UTF-8"],
    ["CN=#", "CN has a value that is not #hex"],
    ["CN=#0", "CN has a value that is not #hex"],
    ["CN=#0c05", "CN has a #hex value that is not DER"],
    ["CN=#0c0161ff", "CN has a #hex value that is not DER"],
    ["E=ü@b", "emailAddress may hold only ASCII characters"],
    ["SERIALNUMBER=a*b", "serialNumber may hold only letters, digits, blanks and '()+,-./:=?"],
    ["CN=\ud800", "CN is not well-formed Unicode"],
  ])("refuses %j: %s", (text, message) => {
    expect(() => parseName(text)).toThrow(
      expect.objectContaining({ code: "name-malformed", message }),
    );
  });

  it.each(ATTRIBUTE_TYPES.filter(({ limit }) => limit !== undefined && limit > 2))(
    "$name: at most $limit characters",
    ({ name, limit = 0 }) => {
      expect(() => parseName(`${name}=${"x".repeat(limit - 1)}`)).not.toThrow();
      expect(() => parseName(`${name}=${"x".repeat(limit)}`)).not.toThrow();
      expect(() => parseName(`${name}=${"x".repeat(limit + 1)}`)).toThrow(
        `${name} has ${limit + 1} characters, at most ${limit} are allowed`,
      );
    },
  );

  it("counts characters, not UTF-16 units", () => {
    expect(() => parseName(`CN=${"😀".repeat(64)}`)).not.toThrow();
    expect(() => parseName(`CN=${"😀".repeat(65)}`)).toThrow(PkiError);
  });

  it("has names that no two types share", () => {
    const names = ATTRIBUTE_TYPES.flatMap(({ name, aliases }) => [name.toUpperCase(), ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("properties", () => {
  const utf8 = ATTRIBUTE_TYPES.filter(({ tag }) => tag === Tag.utf8String);
  const value = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...' ,+"\\<>;#=/ab\n\u0000é'), minLength: 1, maxLength: 12 }),
  );
  const attribute = fc.record({
    type: fc.oneof(fc.constantFrom(...utf8.map(({ oid }) => oid)), fc.constant("1.2.3.4")),
    value: value.filter((text) => !/\p{Surrogate}/u.test(text)),
    tag: fc.constant<number>(Tag.utf8String),
  });
  const names = fc.array(fc.array(attribute, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 5,
  });

  it("parse(print(name)) is the name", () => {
    fc.assert(
      fc.property(names, (rdns) => {
        const name = parseNameDer(encodeName(rdns));
        expect(parseName(printName(name))).toEqual(name);
      }),
      { seed: 20_260_101, numRuns: 400 },
    );
  });

  it("what is printed is one line", () => {
    fc.assert(
      fc.property(names, (rdns) => {
        expect(printName(parseNameDer(encodeName(rdns)))).not.toMatch(/[\x00-\x1f\x7f]/);
      }),
      { seed: 20_260_101, numRuns: 200 },
    );
  });

  it("any text is a name or a PkiError", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...'CNO=,+;"\\#/ 01af.') }),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          const name = parseName(input);
          expect(parseName(printName(name))).toEqual(name);
        } catch (error) {
          if (!(error instanceof PkiError)) throw error;
        }
      }),
      { seed: 20_260_101, numRuns: 2000 },
    );
  });
});

describe("printName", () => {
  it("keeps a value that is no string as #hex", () => {
    const name = parseNameDer(nameOf("2.5.4.3", der.tlv(Tag.bitString, Uint8Array.of(0, 1))));
    expect(printName(name)).toBe("CN=#03020001");
  });

  it("tells text that begins with an octothorpe from such a value", () => {
    expect(printName(parseNameDer(nameOf("2.5.4.3", der.utf8("#03020001"))))).toBe(
      "CN=\\#03020001",
    );
  });

  it("prints an empty name as nothing", () => {
    expect(printName(parseNameDer(fromHex("3000")))).toBe("");
  });
});

describe("sameName", () => {
  const utf8 = (text: string) => parseNameDer(nameOf("2.5.4.3", der.utf8(text)));
  it.each([
    ["case", utf8("Example CA"), utf8("EXAMPLE ca")],
    ["blanks", utf8("  Example   CA "), utf8("Example CA")],
    ["string type", utf8("Example"), parseNameDer(nameOf("2.5.4.3", der.printable("Example")))],
    ["composition", utf8("Zoe\u0308"), utf8("Zoë")],
    ["order within one RDN", parseName("CN=a+OU=b"), parseName("OU=B+CN=A")],
  ])("ignores %s", (_, a, b) => {
    expect(sameName(a, b)).toBe(true);
  });

  it.each([
    ["another value", utf8("a"), utf8("b")],
    ["another type", utf8("a"), parseName("OU=a")],
    ["another order", parseName("CN=a,OU=b"), parseName("OU=b,CN=a")],
    ["one RDN of two against two of one", parseName("CN=a+OU=b"), parseName("CN=a,OU=b")],
    [
      "a value that contains the other name's separator",
      utf8("a\u0001ou=b"),
      parseName("CN=a+OU=b"),
    ],
    ["nothing against something", parseNameDer(fromHex("3000")), utf8("a")],
  ])("tells %s", (_, a, b) => {
    expect(sameName(a, b)).toBe(false);
  });
});

describe("commonName", () => {
  it("gives the most specific one", () => {
    expect(commonName(parseName("CN=leaf,CN=users,DC=example"))).toBe("leaf");
    expect(commonName(parseName("O=Example"))).toBeUndefined();
  });
});
