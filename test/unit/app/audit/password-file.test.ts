import { describe, expect, it } from "vitest";
import { loadGlobs } from "../../../../src/app/audit/globs.ts";
import { passwordRules } from "../../../../src/app/audit/password-file.ts";
import { fakeHost } from "../../../support/fake-host.ts";

/** Each line's source and place, and which of some paths it is for. */
async function read(text: string): Promise<readonly string[]> {
  const host = fakeHost({ files: { pw: text } });
  const rules = await passwordRules(host, await loadGlobs(), "pw");
  const paths = ["conf/a.p12", "b.jks", "my keys/c.kdb", "#d.jks"];
  return rules.map(({ covers, source, where }) =>
    [where, source, ...paths.filter(covers)].join(" | "),
  );
}

describe("a file of passwords", () => {
  it("is YAML, with one source or several for a pattern", async () => {
    expect(
      await read('# ours\n"conf/*.p12": env:CONF\n"*.jks": [file:/run/x, "pass:a b"]\n'),
    ).toEqual([
      "pw:2:1 | env:CONF | conf/a.p12",
      "pw:3:1 | file:/run/x | b.jks | #d.jks",
      "pw:3:1 | pass:a b | b.jks | #d.jks",
    ]);
  });

  it.each([
    ["in block style", "conf/*.p12:\n  - env:A\n", ["pw:1:1 | env:A | conf/a.p12"]],
    [
      "with a list on the pattern's line",
      '"b.jks": ["pass:x", env:A]',
      ["pw:1:1 | pass:x | b.jks", "pw:1:1 | env:A | b.jks"],
    ],
    ["in flow style", '{"b.jks": stdin}', ["pw:1:2 | stdin | b.jks"]],
    ["with a document's mark", "---\nb.jks: prompt\n", ["pw:2:1 | prompt | b.jks"]],
    ["without anything", "# nothing yet\n", []],
  ])("is YAML %s", async (_, text, lines) => {
    expect(await read(text)).toEqual(lines);
  });

  it("is plain lines: pattern, blanks, source", async () => {
    const text = "# ours\r\n\r\nconf/*.p12 env:CONF\r\n  *.jks \t file:/run/my x \r\n";
    expect(await read(text)).toEqual([
      "pw:3:1 | env:CONF | conf/a.p12",
      "pw:4:3 | file:/run/my x | b.jks | #d.jks",
    ]);
  });

  it.each([
    ["a pattern with blanks", "my keys/*.kdb env:A", ["pw:1:1 | env:A | my keys/c.kdb"]],
    ["a password that looks like YAML", "b.jks pass:x: env:y", ["pw:1:1 | pass:x: env:y | b.jks"]],
    ["a pattern that begins with #", "\\#d.jks stdin", ["pw:1:1 | stdin | #d.jks"]],
    [
      "the same pattern twice",
      "b.jks fd:3\nb.jks fd:4",
      ["pw:1:1 | fd:3 | b.jks", "pw:2:1 | fd:4 | b.jks"],
    ],
  ])("takes %s", async (_, text, lines) => {
    expect(await read(text)).toEqual(lines);
  });

  it.each([
    ["*.jks hunter2", "1:7"],
    ["*.jks env:A\nb.jks hunter2\n", "2:7"],
    ["*.jks", "1:6"],
    ['"*": hunter2\n', "1:6"],
    ["*.jks envy:hunter2", "1:7"],
    ["b.jks env:A\n'c': hunter2\n", "2:6"],
  ])("does not quote what is no source: %j", async (text, where) => {
    const refused = read(text);
    await expect(refused).rejects.toMatchObject({ code: "usage", path: "pw", where });
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });
});
