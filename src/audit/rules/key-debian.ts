import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import { rule } from "../rule.ts";
import { placesOf } from "../words.ts";

export const keyDebian = rule({
  id: "key-debian",
  on: "inventory",
  severity: "error",
  title: "the RSA key is on the list of keys that a faulty Debian could make",
  cites: ["CVE-2008-0166", "CA/Browser Forum baseline requirements §6.1.1.3"],
  profiles: ["default"],
  // 20 hex digits each, as the files of Debian's openssl-blacklist have them: not shipped (docs/decisions/0112),
  // given by a policy, best as `file:blacklist.RSA-2048`.
  parameters: { list: [] as readonly string[] },
  *check({ certificates }, { parameters }) {
    if (parameters.list.length === 0) return;
    const listed = new Set(parameters.list.map((entry) => entry.trim().toLowerCase()));
    const text = new TextEncoder();
    for (const record of certificates.values("rsa")) {
      const { modulus, spki, subject } = record;
      if (modulus === undefined) continue;
      const line = `Modulus=${toHex(modulus).replace(/^0/, "").toUpperCase()}\n`;
      const mark = toHex(digest("sha1", text.encode(line))).slice(-20);
      if (!listed.has(mark)) continue;
      yield { key: spki, places: placesOf([record]), facts: { subject, mark } };
    }
  },
  explain: ({ subject, mark }) =>
    `The RSA key of ${subject} is on the list (${mark}): it is one of some 100,000 that the random numbers of Debian's OpenSSL from 2006 to 2008 could give.`,
  fix: () => "Make a new key with pki issue and revoke the old certificate.",
});
