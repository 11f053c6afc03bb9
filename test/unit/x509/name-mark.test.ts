import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DistinguishedName } from "../../../src/model/certificate.ts";
import { encodeName, nameMark, parseName, sameName } from "../../../src/x509/name.ts";
import { markOf, NO_MARK } from "../../../src/x509/name-mark.ts";
import { parseNameDer } from "../../../src/x509/parse.ts";

const UTF8 = 0x0c;
const PRINTABLE = 0x13;

const attribute = fc.record({
  type: fc.constantFrom("2.5.4.3", "2.5.4.10", "2.5.4.6"),
  value: fc.stringMatching(/^[ aAbB\u00e4\uff21]{0,4}$/),
  tag: fc.constantFrom(UTF8, PRINTABLE),
});
const name = fc
  .array(fc.array(attribute, { minLength: 1, maxLength: 2 }), { maxLength: 3 })
  .map((rdns): DistinguishedName => {
    // Told apart by its text, as names that were not read from DER are.
    return { der: new TextEncoder().encode(JSON.stringify(rdns)), rdns };
  });

describe("the mark of a name", () => {
  it("is the same for names that are the same, where there is one", () => {
    let same = 0;
    fc.assert(
      fc.property(name, name, (a, b) => {
        if (!sameName(a, b)) return;
        same++;
        const [one, other] = [markOf(a), markOf(b)];
        expect(one === other || one === NO_MARK || other === NO_MARK).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(same).toBeGreaterThan(20);
  });

  it.each([
    ["CN=Server, O=Example", "CN=SERVER,O=example"],
    ["CN=a  b", "CN=A b"],
    ["CN=a+OU=b", "OU=b+CN=a"],
  ])("is the same for %s and %s", (a, b) => {
    expect(markOf(parseName(a))).toBe(markOf(parseName(b)));
    expect(markOf(parseName(a))).not.toBe(NO_MARK);
  });

  it.each([
    ["CN=a,O=b", "O=a,CN=b"],
    ["CN=a,OU=b", "OU=b,CN=a"],
    ["CN=host-1", "CN=host-2"],
  ])("differs for %s and %s", (a, b) => {
    expect(markOf(parseName(a))).not.toBe(markOf(parseName(b)));
  });

  it("is none for a name beyond ASCII, which another encoding may be the same as", () => {
    expect(markOf(parseName("CN=M\u00fcller"))).toBe(NO_MARK);
  });

  it("is the same for a name that was read from DER", () => {
    const made = parseName("CN=Server,O=Example,C=GB");
    const read = parseNameDer(encodeName(made.rdns));
    expect(nameMark(read)).toBe(markOf(made));
  });
});
