import { describe, expect, it } from "vitest";
import { Recent, Recurring, Sightings } from "../../../src/bytes/recent.ts";

describe("values used lately", () => {
  it("keeps at least half of the bound and never more than it", () => {
    const recent = new Recent<number>(10);
    for (let i = 0; i < 100; i++) {
      recent.set(`${i}`, i);
      expect(recent.size).toBeLessThanOrEqual(10);
    }
    const kept = Array.from({ length: 100 }, (_, i) => recent.get(`${i}`)).filter(
      (value) => value !== undefined,
    );
    expect(kept).toContain(99);
    expect(kept).not.toContain(89);
  });

  it("a value that is used stays", () => {
    const recent = new Recent<string>(10);
    recent.set("used", "used");
    for (let i = 0; i < 50; i++) {
      expect(recent.get("used")).toBe("used");
      recent.set(`${i}`, "other");
    }
  });

  it.each([
    [5, "kept"],
    [6, undefined],
  ])("a value of weight %i of 10: %s", (weight, found) => {
    const recent = new Recent<string>(10, () => weight);
    recent.set("one", "kept");
    expect(recent.get("one")).toBe(found);
  });
});

describe("sightings", () => {
  it("tell what was met before", () => {
    const seen = new Sightings();
    const marks = Array.from({ length: 100 }, (_, i) =>
      `${i + 1}`.padStart(8, "0").padEnd(64, "0"),
    );
    expect(marks.map((mark) => seen.again(mark))).not.toContain(true);
    expect(marks.map((mark) => seen.again(mark))).not.toContain(false);
  });

  it("of two at one place the later one counts", () => {
    const seen = new Sightings();
    expect(["0001aaaa", "0002aaaa", "0001aaaa"].map((mark) => seen.again(mark))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("Recurring", () => {
  const print = (n: number) => n.toString(16).padStart(8, "0");

  it("keeps from the second time on", () => {
    const kept = new Recurring<number>(100, () => 1);
    kept.offer(print(1), 10);
    expect(kept.get(print(1))).toBeUndefined();
    kept.offer(print(1), 11);
    expect(kept.get(print(1))).toBe(11);
    expect(kept.get(print(2))).toBeUndefined();
    expect(kept.size).toBe(1);
  });

  it("keeps nothing that weighs more than half of the bound", () => {
    const kept = new Recurring<number>(10, (weight) => weight);
    for (let i = 0; i < 3; i++) kept.offer(print(6), 6);
    for (let i = 0; i < 3; i++) kept.offer(print(5), 5);
    expect(kept.get(print(6))).toBeUndefined();
    expect(kept.get(print(5))).toBe(5);
  });
});
