import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import type { Entry } from "../../src/model/store.ts";
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
 * over and over, bundles of as many distinct ones, key databases of the 500 as signers, and of distinct signers.
 */
export async function measureCertificates(
  folder: string,
  families: readonly Family[],
  password: string,
  sizes: { readonly certificates: number; readonly signers: number },
  progress: (text: string) => void,
): Promise<readonly AuditRow[]> {
  const { certificates, signers } = sizes;
  const [repeated, distinct, common, databases] = [
    "pem-repeated",
    "pem-distinct",
    "kdb-repeated",
    "kdb-distinct",
  ].map((name) => join(folder, `audit-${name}`)) as [string, string, string, string];
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
  const written = await makeDatabases(common, families, certificates, password);
  measure("KDB, 500 distinct", common, written);
  progress("making distinct certificates takes two minutes");
  const source = new DistinctCertificates();
  measure("PEM, all distinct", distinct, makeDistinctBundles(distinct, certificates, source));
  mkdirSync(databases);
  for (let made = 0; made < signers; made += SIGNERS) {
    const entries = signersOf(source.bundle(SIGNERS - 1), made);
    await writeStore(join(databases, `signers-${made}.kdb`), kdbCodec, entries, password);
  }
  measure("KDB, all distinct", databases, signers);
  return rows;
}

function signersOf(ders: readonly Uint8Array[], first: number): readonly Entry[] {
  return ders.map((der, i) => ({
    kind: "trusted",
    label: `signer ${first + i}`,
    certificate: parseCertificate(der),
    enabled: true,
  }));
}

/** Key databases that trust the members of half of the families, the other half in every second one. */
async function makeDatabases(
  folder: string,
  families: readonly Family[],
  total: number,
  password: string,
): Promise<number> {
  mkdirSync(folder);
  const ders = families.flatMap(({ root, members }) => [root, ...members].map(({ der }) => der));
  const half = Math.ceil(ders.length / 2);
  const halves = [ders.slice(0, half), ders.slice(half)];
  const files: Uint8Array[] = [];
  let written = 0;
  for (let made = 0; written < total; made++) {
    const path = join(folder, `signers-${made}.kdb`);
    const known = files[made % halves.length];
    const members = halves[made % halves.length] as readonly Uint8Array[];
    if (known !== undefined) writeFileSync(path, known);
    else {
      await writeStore(path, kdbCodec, signersOf(members, 0), password);
      files.push(readFileSync(path));
    }
    written += members.length;
  }
  return written;
}
