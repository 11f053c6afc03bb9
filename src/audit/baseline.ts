import { PkiError } from "../model/error.ts";
import type { Described } from "./describe.ts";

/** Longest baseline that is read, in findings. */
const MAX_FINDINGS = 1_000_000;
const HEX_64 = /^[0-9a-f]{64}$/;

/**
 * The fingerprints of a baseline: findings that were there when it was made.
 *
 * @throws PkiError `usage`
 */
export function readBaseline(text: string): ReadonlySet<string> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw bad();
  }
  const { schemaVersion, findings } = (document ?? {}) as Record<string, unknown>;
  if (schemaVersion !== 1 || !Array.isArray(findings) || findings.length > MAX_FINDINGS) {
    throw bad();
  }
  return new Set(
    findings.map((finding: { fingerprint?: unknown } | null) => {
      const fingerprint = finding?.fingerprint;
      if (typeof fingerprint !== "string" || !HEX_64.test(fingerprint)) throw bad();
      return fingerprint;
    }),
  );
}

function bad(): PkiError {
  return new PkiError("usage", "this is no baseline of pki audit", {
    hint: "make one with --baseline FILE --update-baseline",
  });
}

/** A baseline of these findings: sorted, one line each, so that a change reads well in a review. */
export function writeBaseline(findings: readonly Described[]): string {
  const lines = findings
    .map(({ finding: { rule, fingerprint, places } }) =>
      JSON.stringify({ fingerprint, rule, path: places[0].path }),
    )
    .sort();
  const body = lines.length === 0 ? "" : `\n    ${lines.join(",\n    ")}\n  `;
  return `{\n  "schemaVersion": 1,\n  "findings": [${body}]\n}\n`;
}
