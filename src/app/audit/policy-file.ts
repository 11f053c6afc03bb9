import { dirname, isAbsolute, join } from "node:path";
import { ignoreEntryExpired, ignoreEntryUnused } from "../../audit/ignore.ts";
import { NO_POLICY, type Policy, readPolicy } from "../../audit/policy.ts";
import type { ParameterValue, Rule } from "../../audit/rule.ts";
import type { RuleChange } from "../../audit/settings.ts";
import { type Host, MAX_STORE_BYTES } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import type { Globs } from "./globs.ts";
import { MAX_SETTINGS_BYTES, readYaml } from "./yaml.ts";

/** Taken where it stands in the current directory. */
export const POLICY_FILE = "pki-policy.yaml";

/**
 * The policy of `--policy`, else `pki-policy.yaml` here, else none.
 *
 * @throws PkiError `usage` naming file, line and column; `file-not-found` for one that was named
 */
export async function loadPolicy(
  host: Host,
  globs: Globs,
  rules: readonly Rule[],
  named: string | undefined,
): Promise<Policy> {
  const path = named ?? POLICY_FILE;
  if (named === undefined && (await host.files.stat(path)).kind !== "file") return NO_POLICY;
  const policy = await inFile(path, async () => {
    const { bytes } = await host.files.read(path, MAX_SETTINGS_BYTES);
    const known = [...rules, ignoreEntryExpired, ignoreEntryUnused];
    return readPolicy(await readYaml(bytes), known, globs);
  });
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(path), name));
  const lists = new Map<string, readonly string[]>();
  const withLists = async (changes: Policy["rules"]): Promise<Policy["rules"]> => {
    const filled: Record<string, RuleChange> = {};
    for (const [id, change] of Object.entries(changes)) {
      const parameters: Record<string, ParameterValue> = { ...change.parameters };
      for (const [name, value] of Object.entries(parameters)) {
        if (!Array.isArray(value)) continue;
        const items: (readonly string[])[] = [];
        for (const item of value as readonly string[]) {
          items.push(
            item.startsWith(LIST_FILE)
              ? await listOf(host, beside(item.slice(LIST_FILE.length)), lists)
              : [item],
          );
        }
        parameters[name] = items.flat();
      }
      filled[id] = change.parameters === undefined ? change : { ...change, parameters };
    }
    return filled;
  };
  const { passwords } = policy;
  return {
    ...policy,
    rules: await withLists(policy.rules),
    paths: await Promise.all(
      policy.paths.map(async (change) => ({ ...change, rules: await withLists(change.rules) })),
    ),
    ...(passwords === undefined ? {} : { passwords: beside(passwords) }),
  };
}

/** An item of a list that stands for the lines of a file, relative to the policy. */
const LIST_FILE = "file:";

/** The lines of a list that is too long for a policy; empty ones and comments are left out. */
async function listOf(
  host: Host,
  path: string,
  known: Map<string, readonly string[]>,
): Promise<readonly string[]> {
  let lines = known.get(path);
  if (lines === undefined) {
    const { bytes } = await host.files.read(path, MAX_STORE_BYTES);
    lines = new TextDecoder()
      .decode(bytes)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    known.set(path, lines);
  }
  return lines;
}

/** Runs `read` and names the file in what it throws. */
export async function inFile<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
}
