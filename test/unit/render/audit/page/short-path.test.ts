import { describe, expect, it } from "vitest";
import { shortPaths } from "../../../../../src/render/audit/page/short-path.ts";
import { columnsOf } from "../../../../../src/render/safe.ts";

const short = (paths: readonly string[], width = 28) => [...shortPaths(paths, width).values()];

describe("paths in a drawing", () => {
  it("are whole where they fit", () => {
    expect(short(["conf/qm1/key.kdb", "a"])).toEqual(["conf/qm1/key.kdb", "a"]);
  });

  it("show their ends, where those tell them apart", () => {
    const paths = ["a/very/long/way/to/the/stores/one.jks", "b/very/very/long/way/to/the/two.jks"];
    expect(short(paths)).toEqual(paths.map((path) => `…${path.slice(-27)}`));
  });

  it("of services with one layout show the directory that differs", () => {
    const paths = [1, 2, 11].map((i) => `services/shop-number-${i}/src/main/resources/key.p12`);
    expect(short(paths)).toEqual([
      "…shop-number-1/…/key.p12",
      "…shop-number-2/…/key.p12",
      "…shop-number-11/…/key.p12",
    ]);
    const first = ["alpha/src/main/resources/conf/key.p12", "beta/src/main/resources/conf/key.p12"];
    expect(short(first)).toEqual(["alpha/…/key.p12", "beta/…/key.p12"]);
  });

  it("fit, whatever characters they have, and are distinct", () => {
    const paths = ["日本語", "\u001b[31m", "é".repeat(40), "x".repeat(60)].flatMap((name) =>
      ["a", "b"].map((end) => `very/long/${name}${end}/src/main/resources/of/it/store.jks`),
    );
    const shown = short(paths);
    for (const text of shown) {
      expect(columnsOf(text)).toBeLessThanOrEqual(28);
      expect(text).not.toContain("\u001b");
    }
    expect(new Set(shown).size).toBe(paths.length);
  });
});
