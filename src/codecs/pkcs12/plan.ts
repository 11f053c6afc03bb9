import type { Pbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { Entry } from "../../model/store.ts";
import type { Passwords, Random } from "../codec.ts";
import { arrangeAnew, arrangeAsFound } from "./arrange.ts";
import { allBags } from "./bag.ts";
import { draftEntries } from "./draft.ts";
import { entriesOf, type Opener } from "./entries.ts";
import type { Layout } from "./layout.ts";
import type { Mac } from "./mac.ts";
import type { PasswordForm } from "./password-form.ts";
import { ownKeyPbe, profileOf, STANDARD } from "./protection.ts";
import { tryOpenKey } from "./read.ts";
import type { Safe } from "./safe.ts";
import { sealKeys } from "./seal.ts";

/** How a file is to be built. */
export interface Plan {
  /** The parts of the file that is written again; none for a new one. */
  readonly found: readonly Safe[];
  readonly keyPbe: Pbe;
  /** Undefined: certificates stand in clear, as the file had them. */
  readonly certificatePbe: Pbe | undefined;
  readonly mac: Mac;
  readonly form: PasswordForm;
  /** Another protection was asked for: everything is sealed and arranged anew. */
  readonly anew: boolean;
}

/** @throws PkiError `format-cannot-hold` for a protection that can only be read */
export function planOf(layout: Layout | undefined, protection: string): Plan {
  if (layout?.protection !== protection) {
    const { pbe, mac } = profileOf(protection);
    const found = layout?.safes ?? [];
    return { found, keyPbe: pbe, certificatePbe: pbe, mac, form: "unicode", anew: true };
  }
  const { safes, mac, form } = layout;
  const standard = profileOf(STANDARD);
  const holder = safes.find((safe) => safe.bags.some((bag) => bag.kind === "certificate"));
  const encrypted = safes.find((safe) => safe.pbe !== undefined);
  return {
    found: safes,
    keyPbe: ownKeyPbe(safes) ?? standard.pbe,
    // Certificates in clear stay in clear; a file of nothing but keys says nothing about them.
    certificatePbe: holder === undefined ? (encrypted?.pbe ?? standard.pbe) : holder.pbe,
    mac: mac ?? standard.mac,
    form,
    anew: false,
  };
}

/**
 * Puts entries into bags and bags into parts, such that reading gives the same entries in the same
 * order: the parts as the file had them where that does, else the usual two.
 *
 * @throws PkiError `format-cannot-hold` where no arrangement does
 */
export async function planSafes(
  entries: readonly Entry[],
  plan: Plan,
  passwords: Passwords,
  random: Random,
): Promise<readonly Safe[]> {
  const own = new Set(plan.found.flatMap((safe) => [...allBags(safe.bags)]));
  const sealing = { pbe: plan.keyPbe, form: plan.form, anew: plan.anew, own };
  const keys = await sealKeys(entries, sealing, passwords, random);
  const open: Opener = (blob) => tryOpenKey(blob, passwords);
  const arrangements = plan.anew ? [arrangeAnew] : [arrangeAsFound, arrangeAnew];
  let problem: Entry | undefined;
  for (const arrange of arrangements) {
    const explicit = new Set<Entry>();
    const marked = new Set<Entry>();
    // Each turn that does not end this writes at least one more label or mark.
    for (;;) {
      const bags = draftEntries(entries, { keys, own, explicit, marked });
      const safes = arrange(bags, plan.found, plan.certificatePbe);
      const back = await entriesOf(safes, open);
      const found = compare(entries, back);
      if (found === undefined) return safes;
      problem = found.entry;
      const before = explicit.size + marked.size;
      for (const entry of found.labels) explicit.add(entry);
      for (const entry of inChains(entries, back)) marked.add(entry);
      if (explicit.size + marked.size === before) break;
    }
  }
  throw new PkiError("format-cannot-hold", "these entries cannot be told apart in a PKCS#12 file", {
    ...(problem === undefined ? {} : { where: problem.label }),
    hint: "certificates of one name may be mistaken for each other: leave out what is not needed",
  });
}

/** The trusted entries that reading finds in the chain of a key. */
function inChains(wanted: readonly Entry[], back: readonly Entry[]): readonly Entry[] {
  const chained = new Set<string>();
  for (const entry of back) {
    if (entry.kind === "key") for (const { sha256 } of entry.chain) chained.add(sha256);
  }
  return wanted.filter(
    (entry) => entry.kind === "trusted" && chained.has(entry.certificate.sha256),
  );
}

interface Difference {
  readonly entry: Entry | undefined;
  /** The entries that only their label tells apart from what would be read. */
  readonly labels: readonly Entry[];
}

/** Would reading give these entries? Chains may come out longer: what is in the file completes them. */
function compare(wanted: readonly Entry[], back: readonly Entry[]): Difference | undefined {
  if (wanted.length !== back.length) return { entry: undefined, labels: [] };
  const labels: Entry[] = [];
  for (const [i, entry] of wanted.entries()) {
    const other = back[i] as Entry;
    if (!sameContent(entry, other)) return { entry, labels: [] };
    if (entry.label !== other.label) labels.push(entry);
  }
  return labels.length === 0 ? undefined : { entry: labels[0], labels };
}

function sameContent(wanted: Entry, back: Entry): boolean {
  if (wanted.kind === "key") {
    if (back.kind !== "key") return false;
    return wanted.chain.every(({ sha256 }, i) => back.chain[i]?.sha256 === sha256);
  }
  if (wanted.kind === "trusted") {
    return back.kind === "trusted" && wanted.certificate.sha256 === back.certificate.sha256;
  }
  return wanted.kind === back.kind;
}
