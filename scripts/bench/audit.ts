import { join } from "node:path";
import { jksCodec } from "../../src/codecs/java/index.ts";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import { pkcs12Codec } from "../../src/codecs/pkcs12/index.ts";
import { makeFamilies, makeManyStores } from "./audit-trees.ts";
import { measureCertificates } from "./certificates.ts";
import { kdfSeconds } from "./kdf-limit.ts";
import { median } from "./measure.ts";
import { audit, timed } from "./timed.ts";

/** One measurement of `pki audit`, whole process. */
export interface AuditRow {
  readonly job: string;
  readonly against: string;
  readonly unit:
    | "stores a second"
    | "certificates a second a core"
    | "seconds"
    | "of the limit"
    | "MiB";
  readonly ours: number;
  readonly theirs?: number;
  /** Times what the other does; for `seconds` and `MiB` the figure itself counts. */
  readonly ratio?: number;
  /** At least for rates and ratios, at most for `seconds` and `MiB`. */
  readonly target?: number;
  readonly met?: boolean;
}

export interface AuditSizes {
  readonly stores: number;
  readonly pkcs12: number;
  readonly certificates: number;
  /** Certificates in key databases of a thousand signers each. */
  readonly signers: number;
  readonly cached: number;
}

/** A rate is what a large tree has: the first second of a process goes into its start and into making code quick. */
export const AUDIT_SIZES: AuditSizes = {
  stores: 10_000,
  pkcs12: 2000,
  certificates: 100_000,
  signers: 20_000,
  cached: 10_000,
};

/** JVM starts are slow and alike: a few files stand for all. */
const KEYTOOL_FILES = 5;

/**
 * `pki audit` over trees of stores that it makes in `folder`.
 *
 * keytool reads one store for each start, so what it is compared with is a loop of `keytool -list -v` over a
 * few of the same files; for KDB, which it cannot read, over JKS files with the same entries.
 *
 * @param passwordFile - holds `password`; never an argument
 * @param keytool - the command and the options that make it start quickly
 */
export async function measureAudit(
  folder: string,
  { password, passwordFile }: { readonly password: string; readonly passwordFile: string },
  keytool: { readonly file: string; readonly options: readonly string[] },
  sizes: AuditSizes,
  progress: (text: string) => void,
): Promise<readonly AuditRow[]> {
  const at = (name: string): string => join(folder, name);
  const families = makeFamilies(10, 49);
  const many = makeFamilies(10, Math.ceil(sizes.stores / 10));
  const rows: AuditRow[] = [];
  const kinds = [
    ["JKS of one key", jksCodec, "jks", sizes.stores, 500, true],
    ["KDB of one key", kdbCodec, "kdb", sizes.stores, 500, true],
    ["JKS of a key and signers", jksCodec, "jks", sizes.stores, 500, false],
    ["KDB of a key and signers", kdbCodec, "kdb", sizes.stores, 500, false],
    ["PKCS#12", pkcs12Codec, "p12", sizes.pkcs12, 40, false],
  ] as const;
  for (const [title, codec, extension, count, target, single] of kinds) {
    progress(`audit of ${count} ${title}`);
    // Keys and certificates differ from store to store; deriving for so many PKCS#12 would take minutes.
    const distinct = extension === "p12" ? Math.min(200, count) : count;
    const name = (end: string) => at(`audit-${end}-${single ? "one" : "few"}`);
    const tree = name(extension);
    const content = { distinct, count, single };
    await makeManyStores(tree, codec, extension, many, password, content);
    const { seconds } = timed(audit(tree, ["--password", `file:${passwordFile}`]));
    const theirs = extension === "kdb" ? "jks" : extension;
    const loop = keytoolLoop(keytool, join(name(theirs), "0"), theirs, password);
    const ours = count / seconds;
    const ratio = ours / loop;
    rows.push({
      job: `audit, ${title}`,
      against: "keytool -list -v",
      unit: "stores a second",
      ours,
      theirs: loop,
      ratio,
      target,
      met: ratio >= target,
    });
  }

  progress("key derivations alone");
  const tree = at("audit-p12-few");
  const shares: number[] = [];
  for (let i = 0; i < 3; i++) {
    const limit = await kdfSeconds(sizes.pkcs12);
    const { seconds } = timed(audit(tree, ["--password", `file:${passwordFile}`]));
    shares.push(limit / seconds);
  }
  const share = median(shares);
  rows.push({
    job: "audit, PKCS#12",
    against: "its key derivations on all cores, PBKDF2 by Node",
    unit: "of the limit",
    ours: share,
    target: 0.9,
    met: share >= 0.9,
  });

  rows.push(...(await measureCertificates(folder, families, password, sizes, progress)));

  progress(`audit of ${sizes.cached} unchanged stores`);
  const count = sizes.cached;
  await makeManyStores(at("audit-warm"), jksCodec, "jks", families, password, {
    distinct: 200,
    count,
  });
  const cached = audit(at("audit-warm"), ["--cache", at("audit.cache")]);
  timed(cached);
  const warm = median([0, 1, 2].map(() => timed(cached).seconds));
  rows.push({
    job: `audit --cache, ${count} unchanged`,
    against: "seconds",
    unit: "seconds",
    ours: warm,
    target: 2,
    met: warm <= 2,
  });
  return rows;
}

/** Stores a second of one keytool after the other. */
function keytoolLoop(
  { file, options }: { readonly file: string; readonly options: readonly string[] },
  folder: string,
  extension: string,
  password: string,
): number {
  let seconds = 0;
  for (let i = 0; i < KEYTOOL_FILES; i++) {
    const path = join(folder, `store-${i}.${extension}`);
    const args = [...options, "-list", "-v", "-keystore", path, "-storepass", password];
    seconds += timed({ name: "keytool", file, args }).seconds;
  }
  return KEYTOOL_FILES / seconds;
}
