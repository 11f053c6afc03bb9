import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import type { FixtureAudit } from "../../scripts/fixtures/rules/fixture.ts";
import { listsIn, readCompanion } from "../../src/app/audit/companion.ts";
import { kindOf } from "../../src/app/audit/kind.ts";
import { pendingBeside } from "../../src/app/audit/pending.ts";
import { readSettings } from "../../src/app/audit/settings/read.ts";
import { isSettingsFile } from "../../src/app/audit/settings/settings-file.ts";
import type { StoreFile } from "../../src/app/audit/store-file.ts";
import type { ProfileId, Rule } from "../../src/audit/rule.ts";
import { rules } from "../../src/audit/rules/index.ts";
import { AuditRun, type RuleFailure } from "../../src/audit/run.ts";
import { settingsFrom } from "../../src/audit/settings.ts";
import type { SpillSetting } from "../../src/audit/spill.ts";
import { transferDamage } from "../../src/bytes/transfer.ts";
import type { Codec, Passwords } from "../../src/codecs/codec.ts";
import { codecFor, nameOther, recognise } from "../../src/codecs/index.ts";
import { readStash } from "../../src/codecs/kdb/stash.ts";
import { PkiError } from "../../src/model/error.ts";
import type { Finding } from "../../src/model/finding.ts";
import type {
  Companion,
  FileFacts,
  KeyFacts,
  OpenedStore,
  PasswordFacts,
  RefusedFile,
  StashFacts,
} from "../../src/model/inventory.ts";
import type { Secret } from "../../src/model/secret.ts";
import { Secret as SecretBytes } from "../../src/model/secret.ts";
import type { FormatId, Store } from "../../src/model/store.ts";
import { keyMatches } from "../../src/x509/private-key.ts";
import { filesUnder } from "./source-tree.ts";

export interface Audited {
  readonly findings: readonly Finding[];
  readonly failures: readonly RuleFailure[];
  readonly audit: FixtureAudit;
}

/** Only passwords that are public knowledge have a name. */
const WELL_KNOWN = [
  "",
  "changeit",
  "changeme",
  "WebAS",
  "nirvana",
  "password",
  "passw0rd",
  "manage",
];

export const DEFAULT_AT = "2026-07-01T00:00:00Z";

/** The profiles in which a rule is tried: `default`, and its own first one where it is not in that. */
export function profilesOf(rule: Rule): readonly ProfileId[] {
  return rule.profiles.includes("default") ? ["default"] : ["default", rule.profiles[0]];
}

/**
 * Audits one fixture folder: every file through its codec, every store through the rules.
 *
 * @param chosen - instead of the profiles that the fixture or the rule asks for
 * @param spill - absent: all stays in memory
 */
export async function auditFixture(
  folder: string,
  rule: Rule,
  chosen?: readonly ProfileId[],
  spill?: SpillSetting,
): Promise<Audited> {
  const audit = JSON.parse(readFileSync(join(folder, "_audit.json"), "utf8")) as FixtureAudit;
  const profiles = new Set<ProfileId>(chosen ?? audit.profiles ?? profilesOf(rule));
  const { parameters } = audit;
  const { settings, everywhere } = settingsFrom({
    profiles,
    rules: parameters === undefined ? {} : { [rule.id]: { parameters } },
    paths: [],
  });
  const now = new Date(audit.at ?? DEFAULT_AT);
  const options = { rules, now, profiles, settings, everywhere };
  const run = new AuditRun(spill === undefined ? options : { ...options, spill });
  for (const item of await openFolder(folder, audit)) {
    if ("kind" in item) run.companion(item);
    else if ("store" in item) run.store(item);
    else run.refused(item);
  }
  return { findings: run.finish(), failures: run.failures, audit };
}

/** Every store of a folder, opened or refused, by path. */
export async function openFolder(
  folder: string,
  audit: FixtureAudit,
): Promise<readonly (OpenedStore | RefusedFile | Companion)[]> {
  const paths = filesUnder(folder)
    .map((path) => path.slice(folder.length + 1))
    .filter((path) => path !== "_audit.json")
    .sort();
  const items: (OpenedStore | RefusedFile | Companion)[] = [];
  for (const path of paths) {
    const companion = await companionAt(folder, path, audit);
    if (companion !== undefined) items.push(companion);
    if (companion !== undefined || path.endsWith(".sth")) continue;
    const item = await openFile(folder, path, audit);
    if (item !== undefined) items.push(item);
  }
  return items;
}

/** What is no store and judged all the same. */
async function companionAt(
  folder: string,
  path: string,
  audit: FixtureAudit,
): Promise<Companion | undefined> {
  const bytes = bytesOf(folder, path);
  const file = factsOf(path, bytes, audit);
  const kind = kindOf(path, bytes);
  if (kind.is === "companion") {
    const source = { path, file, head: bytes, read: async () => bytes };
    const found = await readCompanion(kind.companion, { ...source, ...besideOf(folder, path) });
    return found === "store" ? undefined : found;
  }
  if (kind.is !== "ordinary" || !isSettingsFile(path)) return undefined;
  // The folder is the audit's root: what it reports begins below it.
  const look = (other: string) => statSync(join(folder, other), { throwIfNoEntry: false });
  const settings = await readSettings({ path, disk: path }, new TextDecoder().decode(bytes), {
    isFile: async (other) => look(other)?.isFile() === true,
    isDirectory: async (other) => look(other)?.isDirectory() === true,
  });
  return settings === undefined ? undefined : { kind: "settings", path, file, ...settings };
}

async function openFile(
  folder: string,
  path: string,
  audit: FixtureAudit,
): Promise<OpenedStore | RefusedFile | undefined> {
  const bytes = bytesOf(folder, path);
  const file = factsOf(path, bytes, audit);
  const format = recognise(bytes);
  const stashed = await stashBeside(folder, path, audit, format, bytes);
  const given = audit.passwords?.[path];
  const password = given === undefined ? stashed?.password : SecretBytes.fromText(given);
  const passwords = password === undefined ? {} : { store: password };
  const refuse = (code: RefusedFile["code"], message: string, kind?: string): RefusedFile => ({
    path,
    file,
    ...(kind === undefined ? {} : { format: kind }),
    code,
    message,
    ...(stashed === undefined ? {} : { stash: stashed.facts }),
    ...damageOf(format, bytes),
  });
  if (format === undefined) {
    const other = nameOther(bytes);
    if (other === undefined) {
      const promised = /^\.(?:kdb|jks|p12|pfx|der|pem)$/.test(file.extension);
      return promised ? refuse("format-unknown", "this is no keystore") : undefined;
    }
    return refuse("format-unsupported", `${other.title} is not read`, other.id);
  }
  try {
    const codec = await codecFor(format);
    const { store, container } = await codec.read(bytes, passwords);
    return {
      path,
      file,
      container,
      store,
      ...(password === undefined
        ? {}
        : { password: passwordFacts(password, given === undefined ? "stash" : "given") }),
      ...(stashed === undefined ? {} : { stash: stashed.facts }),
      keys: await keyFacts(codec, store, passwords, format === "pem"),
      ...(format === "kdb" ? await pendingBeside(besideOf(folder, path, audit)) : {}),
      ...(format === "pem" ? { lists: listsIn(bytes) } : {}),
    };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const refused = refuse(error.code, error.message, format);
    return error.where === undefined ? refused : { ...refused, where: error.where };
  }
}

function damageOf(format: string | undefined, bytes: Uint8Array): Pick<RefusedFile, "damage"> {
  const damage = format === "pem" ? undefined : transferDamage(bytes);
  return damage === undefined ? {} : { damage };
}

function bytesOf(folder: string, path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, path)));
}

function factsOf(path: string, bytes: Uint8Array, audit: FixtureAudit): FileFacts {
  const modified = audit.modified?.[path];
  return {
    size: bytes.length,
    mode: Number.parseInt(audit.modes?.[path] ?? "600", 8),
    extension: extname(path).toLowerCase(),
    tracked: audit.tracked?.includes(path) ?? false,
    byteOrderMark: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf,
    ...(modified === undefined ? {} : { modified: new Date(modified) }),
  };
}

/** As much of a file of the audit as asking for one beside it needs. */
function besideOf(
  folder: string,
  path: string,
  audit: FixtureAudit = {},
): Pick<StoreFile, "beside"> {
  return {
    async beside(extension) {
      const other = path.replace(/\.[^.]+$/, extension);
      if (!existsSync(join(folder, other))) return undefined;
      const bytes = bytesOf(folder, other);
      return { path: other, file: factsOf(other, bytes, audit), read: async () => bytes };
    },
  };
}

/** The stash of a store, and its password where that opens the store. */
async function stashBeside(
  folder: string,
  path: string,
  audit: FixtureAudit,
  format: FormatId | undefined,
  store: Uint8Array,
): Promise<{ readonly password?: Secret; readonly facts: StashFacts } | undefined> {
  const beside = path.replace(/\.[^.]+$/, ".sth");
  if ((format !== "kdb" && format !== "pkcs12") || !existsSync(join(folder, beside))) {
    return undefined;
  }
  const bytes = bytesOf(folder, beside);
  const file = factsOf(beside, bytes, audit);
  const version = bytes.length === 129 ? (1 as const) : (2 as const);
  try {
    const password = readStash(bytes);
    const codec = await codecFor(format);
    const opens = await codec.read(store, { store: password }).then(
      () => true,
      () => false,
    );
    return { ...(opens ? { password } : {}), facts: { path: beside, file, version, opens } };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return { facts: { path: beside, file, problem: error.code } };
  }
}

async function keyFacts(
  codec: Codec,
  { entries }: Store,
  passwords: Passwords,
  pem: boolean,
): Promise<readonly KeyFacts[]> {
  const facts: KeyFacts[] = [];
  for (const entry of entries) {
    if (entry.kind !== "key" && entry.kind !== "request" && entry.kind !== "secret") continue;
    const { label, key } = entry;
    const unencrypted = pem && key.state === "open" ? { unencrypted: true } : {};
    if (entry.kind !== "key" || (key.state === "sealed" && passwords.store === undefined)) {
      facts.push({ label, ...unencrypted });
      continue;
    }
    try {
      const opened = await codec.unseal(key, passwords);
      const matches = opened.use((pkcs8) => keyMatches(pkcs8, entry.chain[0]));
      facts.push({ label, matches, ...unencrypted });
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      facts.push({
        label,
        ...(error.code === "key-password-wrong" ? { otherPassword: true } : {}),
      });
    }
  }
  return facts;
}

function passwordFacts(password: Secret, source: PasswordFacts["source"]): PasswordFacts {
  return password.use((bytes) => {
    const text = new TextDecoder().decode(bytes);
    const wellKnown = WELL_KNOWN.find((known) => known === text);
    const classes: readonly [RegExp, number][] = [
      [/[a-z]/, 26],
      [/[A-Z]/, 26],
      [/[0-9]/, 10],
      [/[^a-zA-Z0-9]/, 33],
    ];
    const alphabet = classes.reduce((sum, [has, size]) => sum + (has.test(text) ? size : 0), 0);
    return {
      source,
      ...(wellKnown === undefined ? {} : { wellKnown: wellKnown || "(empty)" }),
      length: bytes.length,
      bits: Math.floor(bytes.length * Math.log2(Math.max(1, alphabet))),
      ascii: bytes.every((byte) => byte < 0x80),
      tag: createHash("sha256").update(bytes).digest("hex"),
    };
  });
}
