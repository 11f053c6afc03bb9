import type { Severity } from "../model/finding.ts";
import type { Parameters, ProfileId } from "./rule.ts";

/** A named set of rules, with parameters for its audience. A rule names the profiles that it is in. */
export interface Profile {
  readonly id: ProfileId;
  /** For whom, one line. */
  readonly title: string;
  readonly parameters?: Readonly<Record<string, Parameters>>;
  readonly severities?: Readonly<Record<string, Severity>>;
}

/** Where whoever is trusted is let in, the world's CAs among the signers let the world in. */
const TRUST_LETS_IN = { "trust-public-bundle": "error" } as const;

/**
 * What the Baseline Requirements, and RFC 5280 by them, say that a public CA's certificates MUST be. Outside of the
 * web nothing refuses these, so there they are warnings.
 */
const PUBLIC_MUST = {
  "ca-flag-not-critical": "error",
  "crl-extension-missing": "error",
  "curve-not-accepted": "error",
  "encoding-not-der": "error",
  "key-identifier-missing": "error",
  "leaf-is-ca": "error",
  "leaf-signs": "error",
  "purpose-missing": "error",
  "revocation-source-missing": "error",
  "rsa-bits-odd": "error",
  "san-lacks-common-name": "error",
  "san-malformed": "error",
  "san-missing": "error",
  "serial-too-long": "error",
  "serial-too-short": "error",
  "signature-parameters": "error",
  "validity-encoding": "error",
  "validity-too-long": "error",
} as const;

/** `default` is always on; others add to it. Where two set the same parameter the later in this list wins. */
export const profiles: readonly Profile[] = [
  { id: "default", title: "what breaks or is broken in any store" },
  { id: "java", title: "stores that Java reads: keytool, JSSE, Tomcat" },
  {
    id: "mq",
    title: "IBM MQ queue managers and clients; what GSKit refuses or silently leaves out",
    severities: TRUST_LETS_IN,
  },
  {
    id: "ihs",
    title: "IBM HTTP Server and the WebSphere plug-in (GSKit)",
    severities: TRUST_LETS_IN,
  },
  { id: "was", title: "WebSphere Application Server and Liberty" },
  {
    id: "um",
    title: "Universal Messaging realms and clients",
    severities: TRUST_LETS_IN,
  },
  {
    id: "sap",
    title: "SAP Contact Center",
    severities: TRUST_LETS_IN,
    // One certificate for all peers is how these are meant to be.
    parameters: { "key-copied": { labels: ["internal", "hac"] } },
  },
  {
    id: "public-tls",
    title: "certificates that browsers must accept (CA/Browser Forum baseline requirements)",
    parameters: { "rsa-exponent": { least: 65_537 } },
    severities: PUBLIC_MUST,
  },
  {
    id: "pci",
    title: "PCI DSS 4: inventory, strength, rotation",
    // Requirements of PCI DSS are musts: fewest possible locations (3.6.1.4), no more trust than is needed (7.2).
    severities: { ...TRUST_LETS_IN, "key-copied": "error" },
    parameters: { "pkcs12-iterations-low": { iterations: 10_000 }, "password-weak": { bits: 60 } },
  },
  {
    id: "fips",
    title: "FIPS 140-3 and SP 800-131A: approved algorithms and strengths only",
    parameters: { "rsa-exponent": { least: 65_537 } },
  },
  {
    id: "strict",
    title: "everything above that is worth doing even where nothing breaks yet",
    parameters: {
      "pkcs12-iterations-low": { iterations: 10_000 },
      "password-weak": { bits: 60 },
      "rsa-exponent": { least: 65_537 },
    },
  },
];
