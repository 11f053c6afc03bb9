import type { DistinguishedName } from "../model/certificate.ts";

const ORGANISATION = "2.5.4.10";
const UNIT = "2.5.4.11";
const COMMON_NAME = "2.5.4.3";

/**
 * Organisations (and old common names) of CAs in the browsers' and Java's root stores, as their
 * certificates spell them. Source: the subjects in Mozilla's root store and in the cacerts of JDK 8 to 25.
 */
const PUBLIC: readonly (readonly [RegExp, string])[] = [
  [/^digicert\b/, "DigiCert"],
  [/^globalsign\b/, "GlobalSign"],
  [
    /^(let's encrypt|internet security research group|digital signature trust|\(staging\))/,
    "Let's Encrypt",
  ],
  [/^(sectigo|comodo|the usertrust network|aaa certificate services|addtrust)\b/, "Sectigo"],
  [/^(godaddy|the go daddy group|starfield technologies)/, "GoDaddy"],
  [/^entrust\b/, "Entrust"],
  [/^verisign\b/, "VeriSign"],
  [/^(thawte|thawte consulting)\b/, "Thawte"],
  [/^(geotrust|equifax)\b/, "GeoTrust"],
  [/^(baltimore|cybertrust|gte corporation|verizon business)\b/, "Baltimore"],
  [/^amazon$/, "Amazon"],
  [/^google trust services\b/, "Google Trust Services"],
  [/^(quovadis)\b/, "QuoVadis"],
  [/^swisssign\b/, "SwissSign"],
  [/^(t-systems enterprise services|deutsche telekom)\b/, "Telekom Security"],
  [/^identrust\b/, "IdenTrust"],
  [/^(rsa data security|valicert)\b/, "RSA Data Security"],
  [/^(ssl corporation|ssl\.com)\b/, "SSL.com"],
  [/^(buypass)\b/, "Buypass"],
  [/^(actalis)\b/, "Actalis"],
  [/^(secom trust|secom)\b/, "SECOM"],
  [/^(xramp security)\b/, "XRamp"],
  [/^(affirmtrust)\b/, "AffirmTrust"],
  [/^(certum|unizeto)\b/, "Certum"],
  [/^(d-trust)\b/, "D-Trust"],
  [/^zerossl$/, "ZeroSSL"],
];

/** CAs whose roots came with GSKit's and iKeyman's new key databases, and with Java 1.4 to 6. */
const BUNDLED = new Set([
  "VeriSign",
  "Thawte",
  "Entrust",
  "RSA Data Security",
  "GeoTrust",
  "Baltimore",
]);

/** The public CA that a name belongs to, or undefined. By name only: whoever made it up means it too. */
export function publicCa(name: DistinguishedName): string | undefined {
  const values = name.rdns
    .flat()
    .filter(({ type }) => type === ORGANISATION || type === UNIT || type === COMMON_NAME);
  for (const kind of [ORGANISATION, COMMON_NAME]) {
    for (const { type, value } of values) {
      if (type !== kind) continue;
      const folded = value
        .trim()
        .toLowerCase()
        .replace(/[,.]? (inc|llc|ltd|limited|gmbh|corp)\.?$/, "");
      const found = PUBLIC.find(([pattern]) => pattern.test(folded));
      if (found !== undefined) return found[1];
    }
  }
  return undefined;
}

/** Whether that CA's roots were in the default bundle of GSKit, iKeyman or old Java. */
export function isBundled(ca: string): boolean {
  return BUNDLED.has(ca);
}
