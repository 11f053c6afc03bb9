import { describe, expect, it } from "vitest";
import type { AnyCommand } from "../../../src/cli/command.ts";
import { verbs } from "../../../src/cli/main.ts";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";
import { advisedCommands } from "../../support/advice.ts";
import { fakeHost } from "../../support/fake-host.ts";

/** What the rules of the audit advise can be typed: each command of ours is there, with those options. */

const advised = advisedCommands("pki");

/** The words that belong to a command line; prose follows them. */
const ARGUMENT =
  /^(?:--[a-z-]+|[A-Z][\w.…=:,*-]*|\S+[.](?:kdb|p12|jks|pem|arm)|server|client|peer|ec:\S+|rsa:\d+)$/;

function lineOf(words: readonly string[]): readonly string[] {
  const [verb = "", ...rest] = words;
  const end = rest.findIndex((word) => !ARGUMENT.test(word));
  return [verb, ...(end === -1 ? rest : rest.slice(0, end))];
}

describe("the rules' advice", () => {
  it("names commands of ours often enough to be worth a test", () => {
    expect(advised.length).toBeGreaterThan(60);
  });

  it("names no command that is not there", () => {
    const names = new Set(verbs.map(({ name }) => name));
    const unknown = advised.filter(({ words: [verb = ""] }) => !names.has(verb));
    expect(unknown.map(({ file, words }) => `${file}: pki ${words.join(" ")}`)).toEqual([]);
  });

  it("is understood by our own command line wherever it gives options or arguments", async () => {
    const faults: string[] = [];
    let read = 0;
    for (const { file, words } of advised) {
      const [verb = "", ...args] = lineOf(words);
      if (args.length === 0) continue;
      const known = verbs.find(({ name }) => name === verb);
      if (known === undefined) throw new Error(`no command ${verb}`);
      const definition: AnyCommand = await known.load();
      read++;
      try {
        parseArguments(fakeHost(), known, definition as never, args);
      } catch (error) {
        faults.push(`${file}: pki ${verb} ${args.join(" ")}: ${(error as Error).message}`);
      }
    }
    expect(faults).toEqual([]);
    expect(read).toBeGreaterThan(10);
  });
});

/** Actions and options of IBM's command, as its documentation lists them (GSKCapiCmd 8, IBM MQ 9). */
const GSKIT: Readonly<Record<string, readonly string[]>> = {
  "-keydb": "-changepw -convert -create -delete -list -stashpw -db -pw -new_pw -stash".split(" "),
  "-cert":
    "-add -delete -details -export -extract -import -list -modify -receive -rename -setdefault -validate -db -pw -stashed -label -new_label -file -format -trust -target".split(
      " ",
    ),
  "-certreq": "-create -delete -details -extract -list -recreate -db -pw -label -file".split(" "),
};

it("names actions and options of runmqakm that are documented", () => {
  const commands = advisedCommands("runmqakm").filter(({ words }) =>
    words.some((word) => word.startsWith("-")),
  );
  expect(commands.length).toBeGreaterThan(25);
  const faults = commands.filter(({ words }) => {
    const [object = "", ...others] = words.filter((word) => word.startsWith("-"));
    const known = GSKIT[object];
    return known === undefined || others.some((one) => !known.includes(one.replace(/,$/, "")));
  });
  expect(faults.map(({ file, words }) => `${file}: runmqakm ${words.join(" ")}`)).toEqual([]);
});
