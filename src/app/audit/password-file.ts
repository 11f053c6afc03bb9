import { failAt, type Located, membersOf, textOf } from "../../audit/located.ts";
import type { Host } from "../../io/host.ts";
import type { Globs } from "./globs.ts";
import type { PasswordRule } from "./password-choices.ts";
import { inFile } from "./policy-file.ts";
import { MAX_SETTINGS_BYTES, readYaml } from "./yaml.ts";

/**
 * Reads a file that says which password is for which paths: YAML, `"conf/*.p12": env:CONF_PASSWORD`. An
 * earlier line is tried first; a store that several patterns mean is tried with each.
 *
 * @throws PkiError `usage` naming file, line and column. A source that is none is not quoted: it may be
 *   a password
 */
export async function passwordRules(
  host: Host,
  globs: Globs,
  path: string,
): Promise<readonly PasswordRule[]> {
  return inFile(path, async () => {
    const { bytes } = await host.files.read(path, MAX_SETTINGS_BYTES);
    const document = await readYaml(bytes);
    return [...membersOf(document, "the password file").values()].flatMap(({ key, at, value }) =>
      sourcesOf(value).map((node) => {
        const source = textOf(node, "a password's source");
        if (!/^(?:(?:env|file|fd|pass):|stdin$|prompt$)/.test(source)) {
          failAt(node.at, "this is no source of a password", "write env:VAR or file:PATH");
        }
        return { covers: globs([key]), source, where: `${path}:${at.line}:${at.column}` };
      }),
    );
  });
}

/** One source, or a list of them. */
function sourcesOf(node: Located): readonly Located[] {
  return node.kind === "list" ? node.items : [node];
}
