import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A command that a rule's text names. */
export interface AdvisedCommand {
  /** The source file that has the text. */
  readonly file: string;
  readonly program: string;
  /** What follows the program's name, up to the end of the clause; values that are put in are `VALUE`. */
  readonly words: readonly string[];
}

const FOLDERS = ["src/audit", "src/audit/rules"];

/**
 * Every command of `program` in the texts of the rules, all their cases: read from the source, since a
 * fixture shows one case.
 */
export function advisedCommands(program: string): readonly AdvisedCommand[] {
  const found: AdvisedCommand[] = [];
  for (const folder of FOLDERS) {
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".ts"))) {
      const file = join(folder, name);
      for (const text of textsIn(readFileSync(file, "utf8"))) {
        const clauses = text.split(new RegExp(`\\b(?=${PROGRAMS.join(" |")} )`));
        for (const clause of clauses.filter((one) => one.startsWith(`${program} `))) {
          // A clause ends with its sentence, a bracket, a semicolon, or what an example's colon introduces.
          const [command = ""] = clause.split(/[;()]|: |[.,](?: |$)/);
          found.push({ file, program, words: command.split(/\s+/).slice(1) });
        }
      }
    }
  }
  return found;
}

const PROGRAMS = ["pki", "keytool", "runmqakm", "openssl"];

/** String and template literals of a source that are no imports, with `VALUE` where a value is put in. */
function textsIn(source: string): readonly string[] {
  const code = source.replace(/^import[^;]*;$/gm, "").replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  return [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map(
    ([, plain, template]) => (plain ?? template ?? "").replace(/\$\{[^{}]*\}/g, "VALUE"),
  );
}
