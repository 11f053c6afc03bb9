import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseNewPassword, weaknesses } from "../../../src/app/new-password.ts";
import {
  type FoundPassword,
  MAX_PASSWORD_BYTES,
  type PasswordFallbacks,
  resolvePassword,
} from "../../../src/app/password.ts";
import { writeStash } from "../../../src/codecs/kdb/stash.ts";
import { PkiError } from "../../../src/model/error.ts";
import { Secret } from "../../../src/model/secret.ts";
import { type FakeHostOptions, fakeHost, seededRandom } from "../../support/fake-host.ts";

const ALL: PasswordFallbacks = { stash: true, environment: true, prompt: "password: " };
const stash = (password: string) => writeStash(Secret.fromText(password), 2, seededRandom("stash"));
const textOf = (found: FoundPassword | undefined) =>
  found?.secret.use((bytes) => new TextDecoder().decode(bytes));

async function resolve(source: string | undefined, options: FakeHostOptions = {}, fallbacks = ALL) {
  const request = { option: "--password", store: "key.kdb" };
  return resolvePassword(
    fakeHost(options),
    source === undefined ? request : { ...request, source },
    fallbacks,
  );
}

describe("password sources", () => {
  it.each<[string, string, FakeHostOptions, string]>([
    ["env:", "env:PW", { env: { PW: "from env" } }, "from env"],
    ["an empty variable", "env:PW", { env: { PW: "" } }, ""],
    ["file:", "file:pw", { files: { pw: "from file\n" } }, "from file"],
    ["file: with CRLF and more lines", "file:pw", { files: { pw: "one\r\ntwo\r\n" } }, "one"],
    ["file: without a line ending", "file:pw", { files: { pw: "bare" } }, "bare"],
    ["file: with blanks, which belong to it", "file:pw", { files: { pw: " a b \n" } }, " a b "],
    ["file: with a colon in its name", "file:a:b", { files: { "a:b": "x" } }, "x"],
    ["stdin", "stdin", { stdin: "typed\r\nrest" }, "typed"],
    ["fd:0", "fd:0", { stdin: "typed\n" }, "typed"],
    ["prompt", "prompt", { answers: ["asked"] }, "asked"],
    ["stash", "stash", { files: { "key.sth": stash("stashed") } }, "stashed"],
    ["pass:", "pass:te:xt", {}, "te:xt"],
    ["bytes that are not UTF-8", "file:pw", { files: { pw: Uint8Array.of(0xe4, 10) } }, "\ufffd"],
  ])("%s", async (_name, source, options, expected) => {
    expect(textOf(await resolve(source, options))).toBe(expected);
  });

  it("gives two stdin passwords two lines", async () => {
    const host = fakeHost({ stdin: "first\nsecond\n" });
    const ask = (option: string) =>
      resolvePassword(host, { option, store: "a", source: "stdin" }, ALL);
    expect(textOf(await ask("--password"))).toBe("first");
    expect(textOf(await ask("--key-password"))).toBe("second");
    await expect(ask("--to-password")).rejects.toMatchObject({ code: "password-missing" });
  });

  it.each([
    ["a variable that is not set", "env:NONE", "password-missing"],
    ["a file that is not there", "file:none", "file-not-found"],
    ["a directory", "file:/here", "file-unreadable"],
    ["no stash", "stash", "password-missing"],
    ["a descriptor that is not open", "fd:9", "password-missing"],
    ["a descriptor that is no number", "fd:x", "usage"],
    ["prompt without a terminal", "prompt", "password-missing"],
    ["an end of input", "stdin", "password-missing"],
    ["another word", "secret", "usage"],
    ["another scheme", "http://x", "usage"],
    ["nothing", "", "usage"],
  ])("refuses %s", async (_name, source, code) => {
    await expect(resolve(source)).rejects.toMatchObject({ code });
  });

  it("never repeats what stands in the option when it is not of the grammar: it may be the password", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 12, maxLength: 30 }), async (text) => {
        fc.pre(!/^(env|file|fd|pass):/.test(text));
        const error = await resolve(text).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        expect(error).toBeInstanceOf(PkiError);
        const { message, hint, where } = error as PkiError;
        expect([message, hint, where].join("\n")).not.toContain(text);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [MAX_PASSWORD_BYTES - 1, true],
    [MAX_PASSWORD_BYTES, true],
    [MAX_PASSWORD_BYTES + 1, false],
  ])("takes a password of %i bytes: %s", async (length, taken) => {
    const found = resolve("env:PW", { env: { PW: "x".repeat(length) } });
    if (taken) expect((await found)?.secret.length).toBe(length);
    else await expect(found).rejects.toMatchObject({ code: "password-refused" });
  });

  it("says that pass: can be seen", async () => {
    const found = await resolve("pass:x");
    expect(found?.notices[0]?.message).toContain("list processes");
  });
});

describe("without an option", () => {
  const everything: FakeHostOptions = {
    files: { "key.sth": stash("stashed") },
    env: { PKI_PASSWORD: "environment" },
    answers: ["asked"],
  };

  it("takes the stash, then PKI_PASSWORD, then asks", async () => {
    expect(textOf(await resolve(undefined, everything))).toBe("stashed");
    const { files: _, ...noStash } = everything;
    expect(textOf(await resolve(undefined, noStash))).toBe("environment");
    expect(textOf(await resolve(undefined, { answers: ["asked"] }))).toBe("asked");
  });

  it("takes only what is allowed", async () => {
    const allowed = { stash: false, environment: false };
    expect(await resolve(undefined, everything, allowed)).toBeUndefined();
  });

  it("does not wait where nobody can be asked, and names the options", async () => {
    await expect(resolve(undefined)).rejects.toMatchObject({
      code: "password-missing",
      hint: expect.stringMatching(/--password.*env:VAR.*PKI_PASSWORD/),
    });
  });

  it("warns of a stash that others can read", async () => {
    const host = fakeHost({ files: { "key.sth": stash("stashed") } });
    const found = () => resolvePassword(host, { option: "--password", store: "key.kdb" }, ALL);
    expect((await found())?.notices).toEqual([]);
    (host.disk.get("/here/key.sth") as { mode: number }).mode = 0o640;
    expect((await found())?.notices[0]).toMatchObject({
      level: "warning",
      path: "key.sth",
      message: expect.stringContaining("its group"),
    });
    (host.disk.get("/here/key.sth") as { mode: number }).mode = 0o604;
    expect((await found())?.notices[0]?.message).toContain("others");
  });
});

describe("a new password", () => {
  const choose = (options: FakeHostOptions, source?: string) =>
    chooseNewPassword(
      fakeHost(options),
      { option: "--password", store: "key.kdb", ...(source === undefined ? {} : { source }) },
      "kdb",
    );

  it("is asked for twice", async () => {
    const host = fakeHost({ answers: ["correct horse battery", "correct horse battery"] });
    await chooseNewPassword(host, { option: "--password", store: "key.kdb" }, "kdb");
    expect(host.prompts).toEqual(["new password for key.kdb: ", "the same again: "]);
  });

  it.each<[string, FakeHostOptions, string | undefined, string]>([
    ["two that differ", { answers: ["one", "two"] }, undefined, "password-refused"],
    ["an empty one", { env: { PW: "" } }, "env:PW", "password-refused"],
    ["one with a zero byte", { env: { PW: "a\0b" } }, "env:PW", "password-refused"],
    [
      "129 bytes for a key database",
      { env: { PW: "x".repeat(129) } },
      "env:PW",
      "password-refused",
    ],
    ["none, and nobody to ask", {}, undefined, "password-missing"],
    ["the stash of a store that does not exist", {}, "stash", "usage"],
  ])("refuses %s", async (_name, options, source, code) => {
    await expect(choose(options, source)).rejects.toMatchObject({ code });
  });

  it("may have 128 bytes in a key database", async () => {
    const found = await choose({ env: { PW: "abcdefgh".repeat(16) } }, "env:PW");
    expect(found.secret.length).toBe(128);
  });

  it.each([
    ["changeit", "everybody tries first"],
    ["WebAS", "everybody tries first"],
    ["short", "5 characters"],
    ["elevenchars", "11 characters"],
    ["aaaaaaaaaaaaaaaa", "repeats"],
  ])("%s is called weak, with the reason why length matters", (text, why) => {
    const [notice] = weaknesses(Secret.fromText(text), "kdb", "key.kdb");
    expect(notice?.message).toContain(why);
    expect(notice?.message).toContain("does not stretch");
    expect(notice?.message).not.toContain(text);
  });

  it("of twelve different characters is not called weak", () => {
    expect(weaknesses(Secret.fromText("twelve chars"), "kdb", "key.kdb")).toEqual([]);
  });
});
