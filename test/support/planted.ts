import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FixtureAudit } from "../../scripts/fixtures/rules/fixture.ts";
import type { ProfileId, Rule } from "../../src/audit/rule.ts";
import { rules } from "../../src/audit/rules/index.ts";
import { DEFAULT_AT, profilesOf } from "./audited.ts";
import { git } from "./git.ts";
import { filesUnder } from "./source-tree.ts";

const FIXTURES = "certs-fixtures/rules";

/** A rule's `bad` fixture in the planted tree. */
export interface Planted {
  readonly rule: Rule;
  /** Its directory in the tree: `<rule>` for `bad`, `<rule>-pci` for `bad-pci`. */
  readonly folder: string;
  readonly audit: FixtureAudit;
}

/** Faults planted in one directory tree, and the options that `pki audit` needs for all of them at once. */
export interface PlantedTree {
  readonly planted: readonly Planted[];
  readonly options: readonly string[];
}

/**
 * Copies every `bad` fixture that `profiles` judge into `<root>/tree`, each into a directory of its own, with the
 * modes that it asks for, tracked by git where it says so; passwords and parameters go into files beside the tree.
 */
export function plantTree(root: string, profiles: ReadonlySet<ProfileId>): PlantedTree {
  const planted = rules.flatMap((rule) => fixturesOf(rule, profiles));
  const passwords: string[] = [];
  const paths: object[] = [];
  const tracked: string[] = [];
  const tree = join(root, "tree");
  mkdirSync(tree);
  for (const { rule, folder, audit } of planted) {
    const kind = `bad${folder.slice(rule.id.length)}`;
    const target = join(tree, folder);
    cpSync(join(FIXTURES, rule.id, kind), target, { recursive: true });
    rmSync(join(target, "_audit.json"));
    for (const file of filesUnder(target)) chmodSync(file, 0o600);
    for (const [path, mode] of Object.entries(audit.modes ?? {})) {
      chmodSync(join(target, path), Number.parseInt(mode, 8));
    }
    for (const [path, modified] of Object.entries(audit.modified ?? {})) {
      utimesSync(join(target, path), new Date(modified), new Date(modified));
    }
    for (const [path, password] of Object.entries(audit.passwords ?? {})) {
      passwords.push(
        `${JSON.stringify(`/${folder}/${path}`)}: ${JSON.stringify(`pass:${password}`)}`,
      );
    }
    if (audit.parameters !== undefined) {
      const parameters = withFolder(audit.parameters, folder);
      paths.push({ match: `/${folder}/`, rules: { [rule.id]: parameters } });
    }
    tracked.push(...(audit.tracked ?? []).map((path) => `${folder}/${path}`));
  }
  git(tree, "init", "-q");
  if (tracked.length > 0) git(tree, "add", "-f", "--", ...tracked);
  writeFileSync(join(root, "passwords.yaml"), `${passwords.join("\n")}\n`);
  // YAML is a superset of JSON.
  writeFileSync(join(root, "policy.yaml"), JSON.stringify({ paths }));
  return {
    planted,
    options: [
      "tree",
      "--at",
      DEFAULT_AT,
      "--profile",
      [...profiles].join(","),
      "--passwords",
      "passwords.yaml",
      "--policy",
      "policy.yaml",
    ],
  };
}

/** Parameters that name stores, `key.kdb -> their.kdb`, name them from the root of the tree. */
function withFolder(parameters: NonNullable<FixtureAudit["parameters"]>, folder: string): object {
  const { pairs } = parameters;
  if (!Array.isArray(pairs)) return parameters;
  const placed = (pairs as readonly string[]).map((pair) =>
    pair.replace(/[^ <>-]\S*/g, (path) => `${folder}/${path}`),
  );
  return { ...parameters, pairs: placed };
}

function fixturesOf(rule: Rule, profiles: ReadonlySet<ProfileId>): readonly Planted[] {
  const fixtures = join(FIXTURES, rule.id);
  const kinds = (existsSync(fixtures) ? readdirSync(fixtures) : []).filter((kind) =>
    /^bad(-|$)/.test(kind),
  );
  return kinds.sort().flatMap((kind) => {
    const path = join(fixtures, kind, "_audit.json");
    const audit = JSON.parse(readFileSync(path, "utf8")) as FixtureAudit;
    const needed = audit.profiles ?? profilesOf(rule);
    if (!needed.every((id) => profiles.has(id))) return [];
    return [{ rule, folder: `${rule.id}${kind.slice("bad".length)}`, audit }];
  });
}
