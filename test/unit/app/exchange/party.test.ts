import { describe, expect, it } from "vitest";
import { parseParties, partyOptions } from "../../../../src/app/exchange/party.ts";
import { fakeHost } from "../../../support/fake-host.ts";

const parse = (args: readonly string[], files: Record<string, string> = {}) =>
  parseParties(fakeHost({ files }), args, "p12");

describe("the arguments of an exchange", () => {
  it("a file is a store, a name without extension is a party to make", async () => {
    expect(await parse(["conf/key.kdb", "server"], { "conf/key.kdb": "" })).toEqual([
      { argument: "conf/key.kdb", name: "key", path: "conf/key.kdb", made: false },
      {
        argument: "server",
        name: "server",
        path: "server/server.p12",
        made: true,
        folder: "server",
      },
    ]);
  });

  it("a party made before is found in its folder, whatever type is asked for now", async () => {
    const [client, server] = await parse(["client", "parties/server/"], {
      "client/client.kdb": "",
      "client/client.arm": "",
      "parties/server/tls.jks": "",
    });
    expect(client).toMatchObject({ path: "client/client.kdb", made: false, name: "client" });
    expect(server).toMatchObject({ path: "parties/server/tls.jks", made: false, name: "server" });
  });

  it("an empty folder, or one with other things in it, gets its store", async () => {
    const [client] = await parse(["client", "b"], { "client/notes.txt": "" });
    expect(client).toMatchObject({ path: "client/client.p12", made: true, folder: "client" });
  });

  it("of several stores in a folder the one with its name is taken, else none", async () => {
    const files = { "client/client.p12": "", "client/other.p12": "" };
    expect((await parse(["client", "b"], files))[0]?.path).toBe("client/client.p12");
    await expect(parse(["x", "b"], { "x/one.p12": "", "x/two.jks": "" })).rejects.toMatchObject({
      code: "usage",
      hint: "name one of them: x/one.p12, x/two.jks",
    });
  });

  it("a file without an extension is a store, not a party to make", async () => {
    expect((await parse(["client", "b"], { client: "" }))[0]).toMatchObject({
      path: "client",
      made: false,
    });
  });

  it("refuses what cannot be exchanged", async () => {
    await expect(parse(["a"])).rejects.toMatchObject({ code: "usage" });
    await expect(parse(["a", "./a"])).rejects.toMatchObject({
      code: "usage",
      message: "a and ./a are the same store",
    });
    await expect(parse(["a", "gone.kdb"])).rejects.toMatchObject({
      code: "file-not-found",
      path: "gone.kdb",
    });
    await expect(parse(["a", "-x"])).rejects.toMatchObject({ code: "usage", path: "-x" });
    await expect(parse(["a", "x".repeat(64)])).resolves.toHaveLength(2);
    await expect(parse(["a", "x".repeat(65)])).rejects.toMatchObject({ code: "usage" });
  });

  it("stores of one name are called by their whole argument", async () => {
    const parties = await parse(["a/key.kdb", "b/key.kdb"], { "a/key.kdb": "", "b/key.kdb": "" });
    expect(parties.map(({ name }) => name)).toEqual(["a/key.kdb", "b/key.kdb"]);
  });
});

describe("options that speak of one party", () => {
  it("name it as typed, by its name or by its store", async () => {
    const parties = await parse(["conf/key.kdb", "server"], { "conf/key.kdb": "" });
    const [key, server] = parties as [(typeof parties)[0], (typeof parties)[0]];
    for (const name of ["conf/key.kdb", "key"]) {
      expect(partyOptions("--label", [`${name}=a=b`], parties).get(key)).toBe("a=b");
    }
    for (const name of ["server", "server/server.p12"]) {
      expect(partyOptions("--label", [`${name}=x`], parties).get(server)).toBe("x");
    }
  });

  it("may have = in the name: the longest counts", async () => {
    const parties = await parse(["a", "a=b.p12"], { "a=b.p12": "" });
    const options = partyOptions("--label", ["a=b.p12=x", "a=y=z"], parties);
    expect([...options].map(([party, value]) => [party.argument, value])).toEqual([
      ["a=b.p12", "x"],
      ["a", "y=z"],
    ]);
  });

  it("refuses nobody, nothing and the same one twice", async () => {
    const parties = await parse(["client", "server"]);
    for (const text of ["clint=x", "client=", "client", "=x"]) {
      expect(() => partyOptions("--label", [text], parties)).toThrow(
        expect.objectContaining({ code: "usage", hint: "the parties are client, server" }),
      );
    }
    expect(() => partyOptions("--mq", ["client=a", "client=b"], parties)).toThrow(/twice/);
  });
});
