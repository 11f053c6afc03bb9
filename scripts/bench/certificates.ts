import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { writeStore } from "../../test/support/stores.ts";
import type { AuditRow } from "./audit.ts";
import { type Family, makeBundles } from "./audit-trees.ts";
import { DISTINCT_AT, DistinctCertificates, makeDistinctBundles } from "./distinct.ts";
import { audit, timed } from "./timed.ts";

const RATE = 50_000;
const MIB = 512;
const SIGNERS = 1000;

/**
 * Certificates a CPU second where no key is derived, and what memory that takes: PEM bundles of 500 certificates
 * over and over, bundles of as many distinct ones, and key databases of distinct signers.
 */
export async function measureCertificates(
  folder: string,
  families: readonly Family[],
  password: string,
  sizes: { readonly certificates: number; readonly signers: number },
  progress: (text: string) => void,
): Promise<readonly AuditRow[]> {
  const { certificates, signers } = sizes;
  const [repeated, distinct, databases] = ["pem-repeated", "pem-distinct", "kdb-distinct"].map(
    (name) => join(folder, `audit-${name}`),
  ) as [string, string, string];
  const rows: AuditRow[] = [];
  const measure = (title: string, tree: string, written: number): void => {
    progress(`audit of ${written} ${title}`);
    const { cpuSeconds, peakMiB } = timed(audit(tree, ["--at", DISTINCT_AT]));
    const rate = written / cpuSeconds;
    const job = `audit, ${written} ${title}`;
    const unit = "certificates a second a core";
    rows.push({ job, against: unit, unit, ours: rate, target: RATE, met: rate >= RATE });
    const met = peakMiB <= MIB;
    rows.push({ job, against: "peak MiB", unit: "MiB", ours: peakMiB, target: MIB, met });
  };
  measure("PEM, 500 distinct", repeated, makeBundles(repeated, families, certificates));
  progress("making distinct certificates takes two minutes");
  const source = new DistinctCertificates();
  measure("PEM, all distinct", distinct, makeDistinctBundles(distinct, certificates, source));
  mkdirSync(databases);
  for (let made = 0; made < signers; made += SIGNERS) {
    const entries = source.bundle(SIGNERS - 1).map((der, i) => ({
      kind: "trusted" as const,
      label: `signer ${made + i}`,
      certificate: parseCertificate(der),
      enabled: true,
    }));
    await writeStore(join(databases, `signers-${made}.kdb`), kdbCodec, entries, password);
  }
  measure("KDB, all distinct", databases, signers);
  return rows;
}
