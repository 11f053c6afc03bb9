import { readBaseline, writeBaseline } from "../../audit/baseline.ts";
import { type Described, describe } from "../../audit/describe.ts";
import {
  hiddenPlaces,
  type IgnoreEntry,
  ignoreEntryExpired,
  ignoreEntryUnused,
  isOver,
  readIgnore,
} from "../../audit/ignore.ts";
import type { Suppressed } from "../../audit/report.ts";
import type { Rule } from "../../audit/rule.ts";
import type { Settings } from "../../audit/run.ts";
import { toHex } from "../../bytes/octets.ts";
import { recognise } from "../../codecs/index.ts";
import { digest } from "../../crypto/digest.ts";
import type { FileWrite, Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import type { Facts, Place } from "../../model/finding.ts";
import type { Globs } from "./globs.ts";
import { inFile } from "./policy-file.ts";
import { reported } from "./walk.ts";
import { MAX_SETTINGS_BYTES, readYaml } from "./yaml.ts";

/** Taken where it stands in the current directory. */
export const IGNORE_ENTRIES_FILE = ".pki-ignore.yaml";

export interface Sifted {
  readonly findings: readonly Described[];
  readonly suppressed: readonly Suppressed[];
  /** Before the baseline, after the ignore entries: what a new baseline holds. */
  readonly all: readonly Described[];
}

export interface SiftContext {
  readonly at: Date;
  /** Not everything was looked at: then an unused entry means nothing. */
  readonly partial: boolean;
  readonly settings: Settings;
  readonly byId: ReadonlyMap<string, Rule>;
}

/** Takes known findings out: ignore entries first, then the baseline. */
export class Sieve {
  /** The rules about the entries themselves. */
  readonly rules: readonly Rule[] = [ignoreEntryExpired, ignoreEntryUnused];
  readonly #entries: readonly IgnoreEntry[];
  readonly #file: string;
  readonly #baseline: ReadonlySet<string>;

  constructor(entries: readonly IgnoreEntry[], file: string, baseline: ReadonlySet<string>) {
    this.#entries = entries;
    this.#file = file;
    this.#baseline = baseline;
  }

  /** @throws PkiError `usage` naming file, line and column; `file-not-found` for a baseline that is not there */
  static async load(
    host: Host,
    globs: Globs,
    options: { readonly baseline?: string; readonly updateBaseline?: boolean },
    rules: readonly Rule[],
  ): Promise<Sieve> {
    const { baseline: path, updateBaseline } = options;
    const baseline =
      path === undefined || updateBaseline === true
        ? new Set<string>()
        : await inFile(path, async () => {
            const { bytes } = await host.files.read(path, 256 * 1024 * 1024);
            return readBaseline(new TextDecoder().decode(bytes));
          });
    const file = IGNORE_ENTRIES_FILE;
    if ((await host.files.stat(file)).kind !== "file") return new Sieve([], file, baseline);
    const entries = await inFile(file, async () => {
      const { bytes } = await host.files.read(file, MAX_SETTINGS_BYTES);
      return readIgnore(await readYaml(bytes), rules, globs);
    });
    return new Sieve(entries, file, baseline);
  }

  sift(findings: readonly Described[], context: SiftContext): Sifted {
    const suppressed: Suppressed[] = [];
    const used = new Set<IgnoreEntry>();
    const kept = findings.flatMap((described) =>
      this.#ignored(described, context, used, suppressed),
    );
    const all = [...kept, ...this.#aboutEntries(used, context)];
    const left = all.filter((described) => {
      const known = this.#baseline.has(described.finding.fingerprint);
      if (known) suppressed.push({ described, by: "baseline" });
      return !known;
    });
    return { findings: left, suppressed, all };
  }

  /** The finding with the places that no entry hides; none where all are hidden. */
  #ignored(
    described: Described,
    { at }: SiftContext,
    used: Set<IgnoreEntry>,
    suppressed: Suppressed[],
  ): readonly Described[] {
    const { finding } = described;
    const hidden = new Set<Place>();
    for (const entry of this.#entries) {
      const places = hiddenPlaces(entry, described);
      if (places.length === 0) continue;
      used.add(entry);
      if (isOver(entry, at)) continue;
      for (const place of places) hidden.add(place);
      const { reason, until } = entry;
      suppressed.push({
        described: describedAt(described, places as [Place, ...Place[]]),
        by: "ignore",
        reason,
        ...(until === undefined ? {} : { until }),
      });
    }
    if (hidden.size === 0) return [described];
    const [first, ...others] = finding.places.filter((place) => !hidden.has(place));
    if (first === undefined) return [];
    return [describedAt(described, [first, ...others])];
  }

  #aboutEntries(used: ReadonlySet<IgnoreEntry>, context: SiftContext): readonly Described[] {
    return this.#entries.flatMap((entry) => {
      const expired = isOver(entry, context.at);
      const rule = expired ? ignoreEntryExpired : ignoreEntryUnused;
      const setting = context.settings(rule, "");
      if (setting === undefined || (!expired && (used.has(entry) || context.partial))) return [];
      const facts: Facts = {
        ignored: entry.rule,
        line: entry.line,
        reason: entry.reason,
        ...(entry.until === undefined ? {} : { until: entry.until }),
      };
      const key = `${rule.id}\u0000${entry.rule}\u0000${entry.reason}\u0000${entry.fingerprint ?? ""}`;
      const finding = {
        rule: rule.id,
        severity: setting.severity,
        places: [{ path: reported(this.#file) }] as const,
        facts,
        fingerprint: toHex(digest("sha256", new TextEncoder().encode(key))),
      };
      return [describe(finding, context.byId)];
    });
  }
}

/** The same finding at some of its places, in the same words. */
function describedAt(described: Described, places: readonly [Place, ...Place[]]): Described {
  const { title, message, fix, cites, finding } = described;
  const { rule, severity, facts, fingerprint } = finding;
  return { title, message, fix, cites, finding: { rule, severity, places, facts, fingerprint } };
}

/** The baseline as a file to write. */
export async function baselineWrite(
  host: Host,
  path: string,
  findings: readonly Described[],
): Promise<FileWrite> {
  const bytes = new TextEncoder().encode(writeBaseline(findings));
  return reportWrite(host, path, bytes, `baseline of ${findings.length} findings`, false);
}

/**
 * A file that replaces what stands there: a report, a baseline, a cache. A store it does not replace: it was named by
 * mistake, and there is no other copy of a key.
 *
 * @throws PkiError `file-exists` where a store stands
 */
export async function reportWrite(
  host: Host,
  path: string,
  bytes: Uint8Array,
  summary: string,
  isPrivate: boolean,
): Promise<FileWrite> {
  const { kind } = await host.files.stat(path);
  if (kind === "absent") {
    const expect = { absent: true } as const;
    return { path, bytes, expect, private: isPrivate, makeParents: true, summary: [summary] };
  }
  const { bytes: old, sha256 } = await host.files.read(path, 2 ** 31);
  if (isStore(old.subarray(0, 4096))) {
    throw new PkiError("file-exists", "is a keystore or certificate, which no report replaces", {
      path,
      hint: "give the report a name of its own",
    });
  }
  const expect = { sha256 };
  return { path, bytes, expect, private: isPrivate, makeParents: true, summary: [summary] };
}

/** By its first bytes; a report may quote a PEM block further on. */
function isStore(head: Uint8Array): boolean {
  const format = recognise(head);
  return format !== undefined && (format !== "pem" || head[0] === "-".charCodeAt(0));
}
