import { execFileSync, spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { type AdvisedCommand, advisedCommands } from "../support/advice.ts";
import { describePeer } from "../support/peers.ts";

/** What the rules of the audit advise exists: commands and options of keytool and openssl, asked of these programs. */

/** In newer releases than the one here; the text says from which. */
const NEWER: Readonly<Record<string, readonly string[]>> = { "openssl pkcs12": ["-jdktrust"] };

const dashed = (words: readonly string[]) =>
  words.filter((word) => /^-[a-z]/i.test(word)).map((word) => word.replace(/[,:].*$/, ""));

const shown = ({ file, program, words }: AdvisedCommand) =>
  `${file}: ${program} ${words.join(" ")}`;

describePeer("keytool", "the rules' advice about keytool", (keytool) => {
  const asked = new Map<string, ReadonlySet<string>>();
  /** What `keytool -help` or `keytool -command -help` lists; each takes half a second. */
  const listed = (...args: readonly string[]): ReadonlySet<string> => {
    const key = args.join(" ");
    const known = asked.get(key);
    if (known !== undefined) return known;
    const { stdout, stderr } = spawnSync(keytool, [...args, "-help"], { encoding: "utf8" });
    const found = new Set(`${stdout}${stderr}`.match(/(?<=^\s*)-[a-z]+/gm) ?? []);
    asked.set(key, found);
    return found;
  };

  it("names commands and options that it has", () => {
    const commands = listed();
    const advised = advisedCommands("keytool").filter(({ words }) => dashed(words).length > 0);
    expect(advised.length).toBeGreaterThan(20);
    const faults = advised.filter(({ words }) => {
      const [command = "", ...others] = dashed(words);
      if (!commands.has(command)) return true;
      const options = listed(command);
      return others.some((one) => !options.has(one) && !commands.has(one));
    });
    expect(faults.map(shown)).toEqual([]);
  });
});

describePeer("openssl", "the rules' advice about openssl", (openssl) => {
  it("names commands and options that it has", () => {
    const commands = new Set(
      execFileSync(openssl, ["list", "-commands"], { encoding: "utf8" }).split(/\s+/),
    );
    const advised = advisedCommands("openssl").filter(({ words }) => dashed(words).length > 0);
    expect(advised.length).toBeGreaterThan(15);
    const faults = advised.filter(({ words }) => {
      const [command = ""] = words;
      if (!commands.has(command)) return true;
      const { stdout, stderr } = spawnSync(openssl, [command, "-help"], { encoding: "utf8" });
      const help = `${stdout}${stderr}`;
      const options = new Set(help.match(/(?<=^\s*)-[A-Za-z0-9_]+/gm) ?? []);
      const newer = NEWER[`openssl ${command}`] ?? [];
      return dashed(words).some((one) => !options.has(one) && !newer.includes(one));
    });
    expect(faults.map(shown)).toEqual([]);
  });
});
