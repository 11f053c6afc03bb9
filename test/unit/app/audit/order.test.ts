import { describe, expect, it } from "vitest";
import { inOrder } from "../../../../src/app/audit/order.ts";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

const later = (turns: number) =>
  new Promise<void>((resolve) => {
    const next = (left: number) => (left === 0 ? resolve() : setImmediate(() => next(left - 1)));
    next(turns);
  });

const ROOM = { items: 4, weight: 100, weigh: () => 1 };

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const result of results) list.push(result);
  return list;
}

describe("inOrder", () => {
  it("gives results in the order of the items, whichever is ready first", async () => {
    const work = async (n: number) => {
      await later(n % 3 === 0 ? 5 : 0);
      return n;
    };
    expect(await all(inOrder(numbers(20), ROOM, work))).toEqual([...Array(20).keys()]);
  });

  it.each([
    ["items", { ...ROOM, items: 3 }, 3],
    ["weight, one more than fits", { ...ROOM, items: 9, weight: 10, weigh: () => 4 }, 3],
    ["weight of an item alone", { ...ROOM, items: 9, weight: 10, weigh: () => 11 }, 1],
  ])("has no more at work than there is room for: %s", async (_, room, most) => {
    let now = 0;
    let seen = 0;
    const work = async () => {
      seen = Math.max(seen, ++now);
      await later(2);
      now--;
    };
    await all(inOrder(numbers(30), room, work));
    expect(seen).toBe(most);
  });

  it("gives what is there while it waits for the next item", async () => {
    let more: () => void = () => {};
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      await new Promise<void>((resolve) => {
        more = resolve;
      });
      yield 2;
    }
    const results = inOrder(slow(), ROOM, async (n) => n);
    expect((await results.next()).value).toBe(1);
    more();
    expect((await results.next()).value).toBe(2);
    expect((await results.next()).done).toBe(true);
  });

  it("throws what the work threw, at its place, and what the items threw, behind the last", async () => {
    const failing = inOrder(numbers(9), ROOM, async (n) => {
      if (n === 2) throw new Error("two");
      return n;
    });
    expect((await failing.next()).value).toBe(0);
    expect((await failing.next()).value).toBe(1);
    await expect(failing.next()).rejects.toThrow("two");
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error("walk");
    }
    const results = inOrder(broken(), ROOM, async (n) => n);
    expect((await results.next()).value).toBe(1);
    await expect(results.next()).rejects.toThrow("walk");
  });
});
