import { dirname, isAbsolute, join } from "node:path";
import { ignoreEntryExpired, ignoreEntryUnused } from "../../audit/ignore.ts";
import { NO_POLICY, type Policy, readPolicy } from "../../audit/policy.ts";
import type { Rule } from "../../audit/rule.ts";
import type { Host } from "../../io/host.ts";
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
  const { passwords } = policy;
  if (passwords === undefined || isAbsolute(passwords)) return policy;
  return { ...policy, passwords: join(dirname(path), passwords) };
}

/** Runs `read` and names the file in what it throws. */
export async function inFile<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
}
