import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { auditPaths } from "../../../src/app/audit.ts";
import { CertificateView } from "../../../src/audit/certificate-view.ts";
import { profiles as everyProfile } from "../../../src/audit/profiles.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import { Trait } from "../../../src/audit/traits.ts";
import { readPem } from "../../../src/bytes/pem.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { fakeHost } from "../../support/fake-host.ts";

const STORES = /\.(pem|crt|cer|der|kdb|sth|jks)$/;

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : STORES.test(name) ? [path] : [];
  });
}

const files = Object.fromEntries(
  filesUnder("certs-fixtures").map((path) => [path, new Uint8Array(readFileSync(path))]),
);
/** What rules that name traits look for, made from their own definitions: nothing is left out. */
const asked = rules.filter(({ on }) => on === "certificate" || on === "use");
const unmasked = asked.map(({ traits: _, ...rule }) => rule as (typeof rules)[number]);

const viewOf = (name: string): CertificateView => {
  const [block] = readPem(new Uint8Array(readFileSync(`certs-fixtures/${name}`)));
  return new CertificateView(parseCertificate(block?.der ?? new Uint8Array()));
};

describe("traits", () => {
  it("keep no rule from speaking, whatever the profile and the time", async () => {
    const every = everyProfile.map(({ id }) => id);
    const choices = [
      { profiles: [], at: new Date("2026-11-22") },
      { profiles: every, at: new Date("2026-11-22") },
      { profiles: every, at: new Date("2060-01-01") },
    ];
    for (const { profiles, at } of choices) {
      const found = await Promise.all(
        [asked, unmasked].map((list) =>
          auditPaths(fakeHost({ files }), ["."], { rules: list, profiles, at }),
        ),
      );
      const [masked, all] = found.map(({ result }) => result.report.findings);
      expect(all?.length).toBeGreaterThan(50);
      expect(masked).toEqual(all);
    }
  }, 120_000);

  it("are few for an ordinary certificate", () => {
    // It ends after 2050, so its time is written in the other way.
    const { traits } = viewOf("pem/server.pem");
    expect(traits & ~(Trait.ec | Trait.encoding)).toBe(0);
    expect(asked.filter((rule) => ((rule.traits ?? -1) & traits) !== 0).length).toBeLessThan(
      0.6 * asked.length,
    );
  });

  it("of a root are a CA's", () => {
    expect(viewOf("pem/root.pem").traits & (Trait.ca | Trait.signs)).toBe(Trait.ca | Trait.signs);
  });
});
