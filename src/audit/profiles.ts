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

/** `default` is always on; others add to it. Where two set the same parameter the later in this list wins. */
export const profiles: readonly Profile[] = [
  { id: "default", title: "what breaks or is broken in any store" },
  { id: "java", title: "stores that Java reads: keytool, JSSE, Tomcat" },
  {
    id: "mq",
    title: "IBM MQ queue managers and clients; what GSKit refuses or silently leaves out",
  },
  { id: "ihs", title: "IBM HTTP Server and the WebSphere plug-in (GSKit)" },
  { id: "was", title: "WebSphere Application Server and Liberty" },
  { id: "um", title: "Universal Messaging realms and clients" },
  { id: "sap", title: "SAP Contact Center" },
  {
    id: "public-tls",
    title: "certificates that browsers must accept (CA/Browser Forum baseline requirements)",
    parameters: { "rsa-exponent": { least: 65_537 } },
  },
  {
    id: "pci",
    title: "PCI DSS 4: inventory, strength, rotation",
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
