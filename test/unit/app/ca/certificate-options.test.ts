import { describe, expect, test } from "vitest";
import {
  altNamesOf,
  insideIssuer,
  nameOf,
  parseSubject,
  parseValidity,
} from "../../../../src/app/ca/certificate-options.ts";
import type { Certificate } from "../../../../src/model/certificate.ts";
import type { PkiError } from "../../../../src/model/error.ts";
import { printAltName } from "../../../../src/x509/build/alt-name.ts";
import { commonName, printName } from "../../../../src/x509/name.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const failure = (code: string, where: string) =>
  expect.objectContaining<Partial<PkiError>>({ code: code as PkiError["code"], where });

describe("validity", () => {
  const valid = (options: Parameters<typeof parseValidity>[0]) => {
    const { notBefore, notAfter } = parseValidity(options, NOW, 365);
    return [notBefore.toISOString(), notAfter.toISOString()];
  };

  test("an hour ago, and the default number of days from now", () => {
    expect(valid({})).toEqual(["2026-11-22T11:00:00.000Z", "2027-11-22T12:00:00.000Z"]);
  });

  test("days count from --not-before where it is given, which is not moved", () => {
    expect(valid({ notBefore: "2027-01-01", days: "31" })).toEqual([
      "2027-01-01T00:00:00.000Z",
      "2027-02-01T00:00:00.000Z",
    ]);
  });

  test("a date is its first second, as an end its last", () => {
    expect(valid({ notBefore: "2027-01-31", notAfter: "2027-01-31" })).toEqual([
      "2027-01-31T00:00:00.000Z",
      "2027-01-31T23:59:59.000Z",
    ]);
  });

  test("times with and without a zone", () => {
    expect(valid({ notBefore: "2027-01-01T10:00", notAfter: "2027-01-01T12:30:15+02:00" })).toEqual(
      ["2027-01-01T10:00:00.000Z", "2027-01-01T10:30:15.000Z"],
    );
  });

  test("nothing ends after the last second of year 9999", () => {
    expect(valid({ notBefore: "9999-12-01", days: "365" })[1]).toBe("9999-12-31T23:59:59.000Z");
  });

  test.each([
    ["1", "2026-11-23T12:00:00.000Z"],
    ["36525", "2126-11-23T12:00:00.000Z"],
  ])("%s days are taken", (days, end) => {
    expect(valid({ days })[1]).toBe(end);
  });

  test.each(["0", "36526", "-1", "1.5", "", "1e3", "many"])("%j days are refused", (days) => {
    expect(() => valid({ days })).toThrow(failure("usage", "--days"));
  });

  test.each(["2027-02-30", "2027-13-01", "27-01-01", "tomorrow", "", "2027-01-01T25:00:00Z"])(
    "%j is no date",
    (notAfter) => {
      expect(() => valid({ notAfter })).toThrow(failure("usage", "--not-after"));
    },
  );

  test("an end before the beginning", () => {
    expect(() => valid({ notAfter: "2026-11-21" })).toThrow(failure("usage", "--not-after"));
    expect(() => valid({ notAfter: "2027-01-01", days: "1" })).toThrow(
      failure("usage", "--not-after"),
    );
  });
});

describe("inside the issuer's validity", () => {
  const issuer = {
    notBefore: new Date("2026-11-22T11:30:00Z"),
    notAfter: new Date("2027-05-01T00:00:00Z"),
  } as Certificate;
  const inside = (options: Parameters<typeof parseValidity>[0]) =>
    insideIssuer(parseValidity(options, NOW, 365), issuer);

  test("ends that nobody named are moved, the later one with a warning", () => {
    const { validity, notices } = inside({});
    expect(validity.notBefore).toEqual(issuer.notBefore);
    expect(validity.notAfter).toEqual(issuer.notAfter);
    expect(notices).toEqual([
      { level: "warning", message: "the certificate ends with its CA on 2027-05-01" },
    ]);
  });

  test("the very same end is no news", () => {
    expect(inside({ notAfter: "2027-05-01T00:00:00Z" }).notices).toEqual([]);
  });

  test("ends that somebody named are refused", () => {
    expect(() => inside({ notAfter: "2027-05-01T00:00:01Z" })).toThrow(
      failure("usage", "--not-after"),
    );
    expect(() => inside({ notBefore: "2026-11-22T11:29:59Z" })).toThrow(
      failure("usage", "--not-before"),
    );
    expect(() => inside({ notBefore: "2027-06-01" })).toThrow(failure("usage", "--not-before"));
  });
});

describe("names", () => {
  test("a common name may hold anything", () => {
    for (const text of ["QM1", "a,b=c+d", 'say "hi"', "back\\slash", "ümlaut"]) {
      expect(commonName(nameOf(text))).toBe(text);
    }
  });

  test("what is no name says which option", () => {
    expect(() => parseSubject("CN")).toThrow(failure("name-malformed", "--subject"));
    expect(printName(parseSubject("CN=a,O=b"))).toBe("CN=a,O=b");
  });

  const derived = (subject: string) => {
    const { altNames, notices } = altNamesOf(parseSubject(subject));
    return [...altNames.map(printAltName), ...notices.map(({ level }) => level)];
  };

  test("alternative names from a common name that is a host or an address", () => {
    expect(derived("CN=mq.example.com,O=x")).toEqual(["DNS:mq.example.com", "note"]);
    expect(derived("CN=10.1.2.3")).toEqual(["IP:10.1.2.3", "note"]);
    expect(derived("CN=Queue Manager 1")).toEqual(["warning"]);
    expect(derived("O=Example")).toEqual(["warning"]);
  });
});
