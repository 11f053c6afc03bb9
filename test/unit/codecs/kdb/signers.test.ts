import { describe, expect, it } from "vitest";
import { chainsFrom } from "../../../../src/codecs/kdb/signers.ts";
import { certificate } from "./making.ts";

const server = certificate("server");
const pool = [certificate("root"), certificate("intermediate"), server];

describe("the chains of one file", () => {
  it("are complete for 15,000 keys below signers of different names", () => {
    const chainOf = chainsFrom(pool, 15_001);
    for (let i = 1; i < 15_000; i++) chainOf(server);
    expect(chainOf(server)).toHaveLength(3);
    expect(chainOf(server)).toHaveLength(1);
  });

  it("are complete for any store of up to 150 keys", () => {
    const chainOf = chainsFrom(pool, 150);
    for (let i = 0; i < 15_001; i++) chainOf(server);
    expect(chainOf(server)).toHaveLength(3);
  });

  it("cost more where many signers have one name, and then end earlier", () => {
    const one = certificate("intermediate");
    const many = Array.from({ length: 101 }, (_, i) => ({ ...one, sha256: `${one.sha256}${i}` }));
    const chainOf = chainsFrom([...pool.slice(0, 1), ...many], 151);
    // 1 + 100 of 15,000 each: 148 keys.
    for (let i = 1; i < 148; i++) chainOf(server);
    expect(chainOf(server).length).toBeGreaterThan(1);
    expect(chainOf(server)).toHaveLength(1);
  });

  it("are not looked for where there is no key", () => {
    expect(chainsFrom(pool, 0)(server)).toEqual([server]);
  });
});
