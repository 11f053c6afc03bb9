import type { Host } from "../io/host.ts";
import type { Certificate } from "../model/certificate.ts";
import { addEntry } from "../model/edit.ts";
import { PkiError } from "../model/error.ts";
import type { Entry, Store } from "../model/store.ts";
import { printName } from "../x509/name.ts";
import { type KeySource, readSource, type Source } from "./add-source.ts";
import { shownEntries } from "./list.ts";
import { newStore } from "./new-store.ts";
import { type Opened, type OpenOptions, openStore } from "./open.ts";
import type { Notice, Outcome } from "./outcome.ts";
import { readableNotices, saveStore } from "./save.ts";

export interface AddOptions extends Omit<OpenOptions, "purpose"> {
  readonly label?: string;
  /** Take private keys along, as personal entries. */
  readonly key?: boolean;
  /** Make the store where there is none. */
  readonly create?: boolean;
  /** Format of a store to make. */
  readonly type?: string;
  /** How a store to make protects its keys. */
  readonly protection?: string;
  readonly fromPassword?: string;
}

export interface AddedEntry {
  readonly label: string;
  readonly kind: "key" | "trusted";
  readonly certificate: Certificate;
}

export interface AddResult {
  readonly store: string;
  readonly added: readonly AddedEntry[];
  /** Certificates that were there already, with the label they have. */
  readonly present: readonly AddedEntry[];
}

interface Progress {
  store: Store;
  readonly added: AddedEntry[];
  readonly present: AddedEntry[];
  readonly notices: Notice[];
}

/**
 * Adds every certificate of the files to a store as a signer, and with `key` their private keys as
 * personal entries. What is there already, by SHA-256, is left alone, whatever its label.
 *
 * @throws PkiError `label-exists` for a label that another entry has; `key-mismatch`; what opening runs into
 */
export async function addToStore(
  host: Host,
  path: string,
  files: readonly string[],
  options: AddOptions,
): Promise<Outcome<AddResult>> {
  const opened = await openOrMake(host, path, options);
  const sources: Source[] = [];
  for (const file of files) {
    const key = options.key === true;
    const password = options.fromPassword;
    sources.push(
      await readSource(host, file, password === undefined ? { key } : { key, password }),
    );
  }
  const progress: Progress = { store: opened.store, added: [], present: [], notices: [] };
  const now = host.now();
  const pick = labelPicker(opened, options.label);
  for (const source of sources) {
    for (const { certificate, label } of source.signers) {
      addSigner(opened, progress, certificate, pick, label, now);
    }
    for (const key of source.keys) addKey(opened, progress, key, pick, now);
  }
  const result = { store: path, added: progress.added, present: progress.present };
  const notices = [
    ...opened.notices,
    ...sources.flatMap((source) => source.notices),
    ...progress.notices,
    ...(progress.added.some(({ kind }) => kind === "key") ? readableNotices(opened) : []),
    ...(await chainNotices(opened, progress)),
  ];
  if (progress.added.length === 0) return { result, notices, appends: [], writes: [] };
  const summary = progress.added.map(
    ({ kind, label }) => `add ${kind === "key" ? "key" : "signer"} ${JSON.stringify(label)}`,
  );
  const writes = await saveStore(opened, progress.store, summary);
  return { result, notices, appends: [], writes };
}

async function openOrMake(host: Host, path: string, options: AddOptions): Promise<Opened> {
  const { password, keyPassword } = options;
  const given = password === undefined ? {} : { password };
  const absent = (await host.files.stat(path)).kind === "absent";
  if (absent && options.create === true) {
    return newStore(host, path, {
      ...given,
      ...(options.type === undefined ? {} : { type: options.type }),
      ...(options.protection === undefined ? {} : { protection: options.protection }),
      holdsKey: options.key === true,
    });
  }
  if (absent) {
    throw new PkiError("file-not-found", "no such file", {
      path,
      hint: `make it with pki create ${path}, or give --create`,
    });
  }
  return openStore(host, path, {
    ...given,
    ...(keyPassword === undefined ? {} : { keyPassword }),
    purpose: "change",
  });
}

function addSigner(
  opened: Opened,
  progress: Progress,
  certificate: Certificate,
  pick: LabelPicker,
  wanted: string,
  now: Date,
): void {
  const there = findPresent(opened, progress.store, certificate);
  if (there !== undefined) {
    progress.present.push({ label: there.label, kind: "trusted", certificate });
    if (there.kind === "trusted" && !there.enabled) {
      const message = "is in the store with its trust switched off, and was left so";
      progress.notices.push({ level: "warning", path: opened.path, label: there.label, message });
    }
    return;
  }
  const label = pick(progress, wanted);
  const entry: Entry = { kind: "trusted", label, certificate, enabled: true, created: now };
  progress.store = addEntry(progress.store, entry);
  progress.added.push({ label, kind: "trusted", certificate });
  progress.notices.push(...validityNotices(opened.path, label, certificate, now));
}

function findPresent(opened: Opened, store: Store, certificate: Certificate): Entry | undefined {
  const { sha256 } = certificate;
  const trusted = store.entries.find(
    (entry) => entry.kind === "trusted" && entry.certificate.sha256 === sha256,
  );
  // In a PEM file a certificate of a key's chain is as much there as any other.
  if (trusted !== undefined || opened.codec.format !== "pem") return trusted;
  return store.entries.find(
    (entry) => entry.kind === "key" && entry.chain.some((link) => link.sha256 === sha256),
  );
}

function addKey(
  opened: Opened,
  progress: Progress,
  source: KeySource,
  pick: LabelPicker,
  now: Date,
): void {
  const [certificate] = source.chain;
  const there = progress.store.entries.find(
    (entry) => entry.kind === "key" && entry.chain[0].sha256 === certificate.sha256,
  );
  if (there !== undefined) {
    progress.present.push({ label: there.label, kind: "key", certificate });
    return;
  }
  const label = pick(progress, source.label);
  progress.store = addEntry(progress.store, {
    kind: "key",
    label,
    key: { state: "open", pkcs8: source.pkcs8 },
    chain: source.chain,
    created: now,
  });
  progress.added.push({ label, kind: "key", certificate });
  progress.notices.push(...validityNotices(opened.path, label, certificate, now));
  // A key database keeps a key's issuers as signers; GSKit sends no certificate where they are missing.
  if (opened.codec.format !== "kdb") return;
  for (const issuer of source.chain.slice(1)) {
    addSigner(
      opened,
      progress,
      issuer,
      labelPicker(opened, undefined),
      printName(issuer.subject),
      now,
    );
  }
}

type LabelPicker = (progress: Progress, wanted: string) => string;

/**
 * The label of the next entry. One given by the user must be free, and the second and later entries get
 * `-2`, `-3`; one that comes from a certificate gives way to another's by the same suffix.
 */
function labelPicker(opened: Opened, given: string | undefined): LabelPicker {
  const { codec, path } = opened;
  if (given !== undefined) checkLabel(given);
  let count = 0;
  return (progress, wanted) => {
    const taken = [...progress.store.entries, ...opened.requests].map((entry) => entry.label);
    const holder = (label: string) => taken.find((other) => codec.sameLabel(other, label));
    const base = codec.storedLabel(given ?? wanted);
    count++;
    if (given !== undefined) {
      const label = count === 1 ? base : `${base}-${count}`;
      const other = holder(label);
      if (other !== undefined) throw labelExists(opened, label, other);
      progress.notices.push(...caseNotice(path, label, taken));
      return label;
    }
    let label = base;
    for (let n = 2; holder(label) !== undefined; n++) label = `${base}-${n}`;
    if (label !== base) {
      const message = `gets this label because another entry is called ${JSON.stringify(base)}`;
      progress.notices.push({ level: "note", path, label, message });
    }
    progress.notices.push(...caseNotice(path, label, taken));
    return label;
  };
}

function checkLabel(label: string): void {
  if (label === "" || /\p{Cc}/u.test(label)) {
    throw new PkiError("usage", "a label is not empty and holds no control characters", {
      where: "--label",
    });
  }
}

function labelExists(opened: Opened, label: string, other: string): PkiError {
  const message =
    other === label
      ? "another entry has that label"
      : `${JSON.stringify(other)} differs by case only, and ${opened.codec.title} takes the two for one`;
  return new PkiError("label-exists", message, {
    path: opened.path,
    where: JSON.stringify(label),
    hint: "choose another --label",
  });
}

function caseNotice(path: string, label: string, taken: readonly string[]): readonly Notice[] {
  const alike = taken.find((other) => other.toLowerCase() === label.toLowerCase());
  if (alike === undefined) return [];
  const message = `differs only by case from ${JSON.stringify(alike)}`;
  return [{ level: "warning", path, label, message }];
}

function validityNotices(
  path: string,
  label: string,
  { notBefore, notAfter }: Certificate,
  now: Date,
): readonly Notice[] {
  const day = (date: Date) => date.toISOString().replace(/T.*$/, "");
  const message =
    notAfter < now
      ? `expired on ${day(notAfter)}`
      : notBefore > now
        ? `is not valid before ${day(notBefore)}`
        : undefined;
  return message === undefined ? [] : [{ level: "warning", path, label, message }];
}

/** GSKit trusts no chain that ends below a root of the store itself, so an intermediate alone is of no use there. */
async function chainNotices(opened: Opened, progress: Progress): Promise<readonly Notice[]> {
  if (opened.codec.format !== "kdb" || progress.added.length === 0) return [];
  const { completeChain } = await import("../x509/chain.ts");
  const pool = shownEntries({ ...opened, store: progress.store }).flatMap((entry) =>
    entry.kind === "trusted" ? [entry.certificate] : [],
  );
  return progress.added.flatMap(({ label, certificate }): readonly Notice[] => {
    const { chain, complete } = completeChain(certificate, pool);
    if (complete) return [];
    const missing = printName((chain.at(-1) ?? certificate).issuer);
    const message = `its issuer ${missing} is not in the store: GSKit accepts no chain that ends below a root`;
    return [{ level: "warning", path: opened.path, label, message }];
  });
}
