import fc from "fast-check";
import { expect, test } from "vitest";
import { listCommand } from "../../../src/cli/commands/list.ts";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";
import { plainArguments } from "../../../src/cli/plain-arguments.ts";
import { fakeHost } from "../../support/fake-host.ts";

const plain = { flags: ["json"], values: ["password"] } as const;

test.each([
  [["key.kdb"], { args: ["key.kdb"], options: {} }],
  [
    ["a.jks", "--json", "b.p12", "--password", "env:P"],
    { args: ["a.jks", "b.p12"], options: { json: true, password: "env:P" } },
  ],
  [[""], { args: [""], options: {} }],
])("%j is plain", (argv, expected) => {
  expect(plainArguments(argv, plain)).toEqual(expected);
});

test.each([
  [[]],
  [["--json"]],
  [["--help", "a.jks"]],
  [["-h"]],
  [["-", "a.jks"]],
  [["--", "a.jks"]],
  [["a.jks", "--password"]],
  [["a.jks", "--password", "-x"]],
  [["a.jks", "--password=env:P"]],
  [["a.jks", "--json", "--json"]],
  [["a.jks", "--pasword", "env:P"]],
  [["a.jks", "--constructor"]],
])("%j is commander's", (argv) => {
  expect(plainArguments(argv, plain)).toBeUndefined();
});

test("whatever is plain, commander reads in the same way", () => {
  const word = fc.oneof(
    fc.constantFrom("--json", "--password", "env:P", "a.jks", "-", "--", "-h", "--js", "__proto__"),
    fc.string({ maxLength: 4 }),
  );
  let read = 0;
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      const ours = plainArguments(argv, plain);
      if (ours === undefined) return;
      read++;
      const verb = { name: "list", summary: "" };
      const theirs = parseArguments(fakeHost(), verb, listCommand as never, argv);
      expect({ ...ours.options }).toEqual({ ...theirs?.options });
      expect(ours.args).toEqual(theirs?.args);
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(read).toBeGreaterThan(300);
});
