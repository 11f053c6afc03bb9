import type { CertificateView } from "./certificate-view.ts";
import type { Parameters } from "./rule.ts";

/** By default the words that installations put into the labels of these certificates. */
export const INTERNAL: { readonly labels: readonly string[] } = { labels: ["internal", "hac"] };

/** Whether a label holds one of the words of the parameter `labels`. */
export function isNamed(label: string, { labels }: Parameters): boolean {
  const lower = label.toLowerCase();
  return Array.isArray(labels) && labels.some((word) => lower.includes(String(word).toLowerCase()));
}

const TLS_PURPOSES = ["serverAuth", "clientAuth", "anyExtendedKeyUsage"];

/** Document encryption of Microsoft, and e-mail's. */
const DATA_PURPOSES = ["1.3.6.1.4.1.311.80.1", "documentEncryption", "emailProtection"];

/**
 * A certificate that encrypts data at rest, such as passwords: what it sealed must stay readable, so it is
 * kept when it has expired. Key usage says so, and no purpose of TLS stands beside.
 */
export function encryptsData(view: CertificateView): boolean {
  const usage = view.keyUsage ?? [];
  const purposes = view.extendedKeyUsage;
  if (!usage.includes("dataEncipherment") || usage.includes("digitalSignature")) return false;
  if (view.ca || purposes?.some((purpose) => TLS_PURPOSES.includes(purpose))) return false;
  return purposes === undefined || purposes.every((purpose) => DATA_PURPOSES.includes(purpose));
}
