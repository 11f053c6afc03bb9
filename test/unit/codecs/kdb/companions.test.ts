import { describe, expect, it } from "vitest";
import { newContainer } from "../../../../src/codecs/kdb/companions.ts";
import {
  changeExpiry,
  kdbCodec,
  kdbType,
  newCompanions,
} from "../../../../src/codecs/kdb/index.ts";
import { seededBytes } from "../../../support/mutations.ts";
import { failure, fresh, password, passwords, random, read } from "./making.ts";

describe("the files beside a new .kdb", () => {
  it.each([
    ["3", 80],
    ["4", 88],
    ["6", 144],
  ])("of version %s are empty and have %i bytes, as GSKit's", async (version, length) => {
    const expires = new Date("2031-01-01T00:00:00Z");
    const { rdb, crl } = await newCompanions(version, password, random, expires);
    for (const [bytes, type] of [
      [rdb, "request"],
      [crl, "crl"],
    ] as const) {
      expect(bytes).toHaveLength(length);
      expect([...bytes.subarray(0, 4)]).toEqual([0x37, 0x48, Number(version), 1]);
      const { store, container } = await read(bytes);
      expect(store.entries).toEqual([]);
      expect(container).toMatchObject({ version, passwordExpires: expires });
      expect(kdbType(container)).toBe(type);
    }
  });

  it("never share a salt", async () => {
    const { rdb, crl } = await newCompanions("4", password, seededBytes(5));
    expect(rdb.subarray(0x18, 0x30)).not.toEqual(crl.subarray(0x18, 0x30));
  });

  it("are refused for a version that does not exist", async () => {
    expect(await failure(newCompanions("5", password, random))).toMatchObject({ code: "usage" });
  });
});

describe("a new container", () => {
  it("has its expiry in whole seconds, so that what is written is what is shown", async () => {
    const passwordExpires = new Date("2031-01-01T00:00:00.789Z");
    const container = newContainer("key", { passwordExpires }, random);
    expect(container.passwordExpires).toEqual(new Date("2031-01-01T00:00:00Z"));
    const bytes = await kdbCodec.write({ entries: [] }, container, passwords, random);
    expect((await read(bytes)).container.passwordExpires).toEqual(container.passwordExpires);
  });

  it.each([new Date(0), new Date("1969-01-01"), new Date("2107-01-01")])(
    "refuses %s",
    (expires) => {
      const bad = () => kdbCodec.create({ passwordExpires: expires }, random);
      expect(bad).toThrow(expect.objectContaining({ code: "usage" }));
      expect(() => changeExpiry(fresh(), expires)).toThrow(
        expect.objectContaining({ code: "usage" }),
      );
    },
  );

  it("of another format is nobody's business here", async () => {
    const foreign = { format: "jks", version: "2", protection: "", integrity: "verified" } as const;
    expect(
      await failure(kdbCodec.write({ entries: [] }, foreign, passwords, random)),
    ).toMatchObject({
      code: "internal",
    });
  });
});
