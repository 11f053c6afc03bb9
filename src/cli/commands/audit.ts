import { reportWrite } from "../../app/audit/sieve.ts";
import { type AuditOptions, type AuditResult, auditPaths, type FailOn } from "../../app/audit.ts";
import { nearest } from "../../app/nearest.ts";
import type { Outcome } from "../../app/outcome.ts";
import { profiles } from "../../audit/profiles.ts";
import type { ProfileId, Rule } from "../../audit/rule.ts";
import { rules as everyRule } from "../../audit/rules/index.ts";
import type { FileWrite, Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import { SEVERITIES, type Severity } from "../../model/finding.ts";
import { wantsColour } from "../../render/audit/colour.ts";
import { type AuditFormat, type AuditRenderer, auditFormats } from "../../render/audit/index.ts";
import { auditJson } from "../../render/audit/json.ts";
import type { CommandDefinition } from "../command.ts";
import { Exit } from "../exit-code.ts";
import { addExamples, addPasswordOption } from "../password-options.ts";

interface Options {
  readonly at?: string;
  readonly profile?: readonly string[];
  readonly rule?: readonly string[];
  readonly password?: string;
  readonly passwords?: string;
  readonly policy?: string;
  readonly failOn?: string;
  readonly minSeverity?: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly changedSince?: string;
  readonly cache?: string;
  readonly format?: readonly string[];
  readonly json?: boolean;
}

type Rendered = ReturnType<AuditRenderer>;

interface Shown extends AuditResult {
  /** For stdout, made while it is printed. */
  readonly text: Rendered;
}

/** `pki audit PATH…` */
export const auditCommand: CommandDefinition<Options, Shown> = {
  writes: false,
  define(command) {
    const several = (value: string, before: readonly string[] = []) => [...before, value];
    command.argument("<path...>", "directories and files; every format is told by content");
    addPasswordOption(command);
    command
      .option(
        "--passwords <file>",
        "pattern and source of each: lines, or YAML; for stores of many passwords",
      )
      .option("--at <date>", "judge as on that day, such as 2027-01-31")
      .option("--profile <ids>", `beside default: ${profileIds().join(", ")}`, several)
      .option("--rule <ids>", "judge by these rules only, whatever their profiles", several)
      .option("--policy <file>", "default: pki-policy.yaml in this directory")
      .option(
        "--fail-on <severity>",
        "exit 3 from here on: error (default), warning, notice, never",
      )
      .option("--min-severity <severity>", "leave out what is less: error, warning, notice")
      .option("--baseline <file>", "leave out what was there when this file was made")
      .option("--update-baseline", "make the baseline of what is there now")
      .option("--changed-since <ref>", "only files that differ from that revision of git")
      .option("--cache <file>", "do not open unchanged stores again")
      .option(
        "--format <format[=file]>",
        `again for more: ${auditFormats.map(({ id }) => id).join(", ")}`,
        several,
      );
    addExamples(
      command,
      ["pki audit .", "what will break in the stores of this directory, worst first"],
      ["pki audit /opt --at 2027-01-31 --fail-on warning", "what is wrong by the end of January"],
      [
        "pki audit . --profile mq --format sarif=audit.sarif",
        "for queue managers; for code scanning",
      ],
    );
  },
  plan,
  text: ({ text }) => text,
  json: ({ report }) => auditJson(report),
  exitCode({ failed, unseen, report }) {
    if (report.failures.length > 0) return Exit.failed;
    if (failed) return Exit.findings;
    return unseen.length > 0 ? Exit.someFailed : Exit.fine;
  },
};

async function plan(
  host: Host,
  args: readonly string[],
  options: Options,
): Promise<Outcome<Shown>> {
  const outputs = (options.format ?? []).map(outputOf);
  const { stdoutIsTerminal, columns } = host.terminal;
  const named = outputs.filter(({ format, file }) => file === undefined && format.id !== "json");
  if (options.json === true && named.length > 0) {
    throw new PkiError("usage", "only one format can go to standard output", {
      where: "--json",
      hint: `give the other a file: --format ${named[0]?.format.id}=FILE`,
    });
  }
  const files = outputs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, i) => files.indexOf(file) < i);
  if (twice !== undefined) {
    throw new PkiError("usage", "two formats cannot go to one file", {
      where: "--format",
      hint: "give each a file of its own",
    });
  }
  if (outputs.filter(({ file }) => file === undefined).length > 1) {
    throw new PkiError("usage", "only one format can go to standard output", {
      where: "--format",
      hint: "give the others a file: --format sarif=audit.sarif",
    });
  }
  const { result, ...outcome } = await auditPaths(host, args, auditOptions(options));
  const colour = wantsColour((name) => host.env(name), stdoutIsTerminal);
  const writes: FileWrite[] = [];
  let text: Rendered | undefined;
  for (const { format, file } of outputs) {
    const render = await format.load();
    if (file === undefined) {
      const view = { columns: stdoutIsTerminal ? columns : undefined, colour };
      text = render(result.report, view);
      continue;
    }
    const bytes = encoded(render(result.report, { columns: undefined, colour: false }));
    writes.push(await reportWrite(host, file, bytes, `report as ${format.id}`, false));
  }
  if (text === undefined && options.json !== true) {
    const [human] = auditFormats;
    const render = await (human as AuditFormat).load();
    const view = { columns: stdoutIsTerminal ? columns : undefined, colour };
    text = render(result.report, view);
  }
  return {
    ...outcome,
    result: { ...result, text: text ?? "" },
    writes: [...outcome.writes, ...writes],
  };
}

/** As UTF-8, chunk by chunk: a long report is in memory once. */
function encoded(rendered: Rendered): Uint8Array {
  const encoder = new TextEncoder();
  if (typeof rendered === "string") return encoder.encode(rendered);
  let bytes = new Uint8Array(64 * 1024);
  let used = 0;
  for (const chunk of rendered) {
    // No character takes more than three octets for each of its UTF-16 units.
    const most = used + chunk.length * 3;
    if (most > bytes.length) {
      const larger = new Uint8Array(Math.max(most, bytes.length * 2));
      larger.set(bytes.subarray(0, used));
      bytes = larger;
    }
    used += encoder.encodeInto(chunk, bytes.subarray(used)).written;
  }
  return bytes.subarray(0, used);
}

function outputOf(text: string): { format: AuditFormat; file: string | undefined } {
  const at = text.indexOf("=");
  const id = at === -1 ? text : text.slice(0, at);
  const file = at === -1 ? undefined : text.slice(at + 1);
  const format = auditFormats.find((known) => known.id === id);
  if (file === "") {
    throw new PkiError("usage", "must be FORMAT or FORMAT=FILE", {
      where: "--format",
      hint: `name the file: --format ${id}=FILE`,
    });
  }
  if (format === undefined) throw unknown("--format", "format", id, auditFormats);
  return { format, file };
}

function auditOptions(options: Options): AuditOptions {
  const { at, profile, rule, failOn, minSeverity, updateBaseline, baseline } = options;
  if (updateBaseline === true && baseline === undefined) {
    throw new PkiError("usage", "needs --baseline FILE", { where: "--update-baseline" });
  }
  return {
    program: PKI_VERSION,
    ...given("password", options.password),
    ...given("passwords", options.passwords),
    ...given("policy", options.policy),
    ...given("baseline", baseline),
    ...given("updateBaseline", updateBaseline),
    ...given("changedSince", options.changedSince),
    ...given("cache", options.cache),
    ...given("at", at === undefined ? undefined : dateOf(at)),
    ...given("rules", rule === undefined ? undefined : rulesOf(rule)),
    ...given("profiles", profile === undefined ? undefined : profilesOf(profile)),
    ...given("failOn", choice<FailOn>("--fail-on", failOn, [...SEVERITIES, "never"])),
    ...given("minSeverity", choice<Severity>("--min-severity", minSeverity, SEVERITIES)),
  };
}

function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
}

function choice<Choice extends string>(
  where: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  const found = choices.find((known) => known === text);
  if (text !== undefined && found === undefined) {
    const close = nearest(text, choices);
    throw new PkiError("usage", `must be one of ${choices.join(", ")}`, {
      where,
      ...(close === undefined ? {} : { hint: `did you mean ${close}?` }),
    });
  }
  return found;
}

/** The nearest of those that there are, or all where none is near and they are few. */
function unknown(
  where: string,
  what: string,
  name: string,
  known: readonly { readonly id: string }[],
): PkiError {
  const ids = known.map(({ id }) => id);
  const close = nearest(name, ids);
  const all =
    ids.length > 20 ? `docs/rules.md lists the ${what}s` : `${what}s are ${ids.join(", ")}`;
  return new PkiError("usage", `there is no ${what} ${JSON.stringify(name.slice(0, 40))}`, {
    where,
    hint: close === undefined ? all : `did you mean ${close}?`,
  });
}

function profileIds(): readonly ProfileId[] {
  return profiles.map(({ id }) => id).filter((id) => id !== "default");
}

function profilesOf(texts: readonly string[]): readonly ProfileId[] {
  const names = texts.flatMap((text) => text.split(",")).filter((name) => name !== "");
  return names.map((name) => {
    const found = profiles.find(({ id }) => id === name);
    if (found !== undefined) return found.id;
    throw unknown("--profile", "profile", name, profiles);
  });
}

/** Only the rules named, switched on even where no chosen profile has them. */
function rulesOf(texts: readonly string[]): readonly Rule[] {
  const names = texts.flatMap((text) => text.split(",")).filter((name) => name !== "");
  return names.map((name) => {
    const found = everyRule.find(({ id }) => id === name);
    if (found !== undefined) return { ...found, profiles: ["default"] };
    throw unknown("--rule", "rule", name, everyRule);
  });
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})Z)?$/;

/** A day (its beginning, UTC) or a moment such as `2027-01-31T12:00:00Z`. */
function dateOf(text: string): Date {
  const date = new Date(text);
  const same = DATE.test(text) && !Number.isNaN(date.getTime());
  if (same && date.toISOString().startsWith(text.replace(/Z$/, ""))) return date;
  throw new PkiError("usage", "must be a day such as 2027-01-31", { where: "--at" });
}

/** Put in by the build: the version in package.json. */
declare const PKI_VERSION: string;
