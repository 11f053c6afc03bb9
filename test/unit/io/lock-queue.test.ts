import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isQueued, isTicket, PATIENCE_MS, Ticket } from "../../../src/io/lock-queue.ts";

const random = (count: number) => new Uint8Array(randomBytes(count));
/** Above the largest process number that Linux gives. */
const DEAD_PID = 2 ** 22 + 1;
let folder = "";
let store = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-queue-"));
  store = join(folder, "key.kdb");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tickets = () => readdirSync(folder).filter((name) => isTicket(name, "key.kdb"));
const queued = () => isQueued(store, readdirSync(folder));
/** Puts the ticket of another process there: ours, with something changed. */
function ticketOf(number: number, change: Record<string, unknown>): string {
  const own = new Ticket(store, random);
  const [name = ""] = tickets().slice(-1);
  const content = JSON.parse(readFileSync(join(folder, name), "utf8"));
  own.leave();
  const other = `.key.kdb.lock.queue.${number}.${"0a".repeat(8)}`;
  writeFileSync(join(folder, other), JSON.stringify({ ...content, ...change }));
  return other;
}

describe("a ticket", () => {
  it("stands behind all that were there when it came", () => {
    const [first, second, third] = [0, 0, 0].map(() => new Ticket(store, random));
    expect([first, second, third].map((one) => one?.before(false, 0))).toEqual([0, 1, 2]);
    second?.leave();
    expect(third?.before(false, 0)).toBe(1);
    first?.served();
    expect(third?.before(false, 0)).toBe(0);
    third?.leave();
    third?.leave();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is one of a queue only where its name is exact", () => {
    const nonce = "0123456789abcdef";
    expect(isTicket(`.key.kdb.lock.queue.7.${nonce}`, "key.kdb")).toBe(true);
    for (const name of [
      `.key.kdb.lock.queue.7.${nonce}0`,
      `.key.kdb.lock.queue.7.${nonce.slice(1)}`,
      `.key.kdb.lock.queue..${nonce}`,
      `.key.kdb.lock.queue.${"9".repeat(16)}.${nonce}`,
      `.other.kdb.lock.queue.7.${nonce}`,
      `key.kdb.lock.queue.7.${nonce}`,
    ]) {
      expect(isTicket(name, "key.kdb"), name).toBe(false);
    }
  });

  it("keeps an order behind the highest number there can be", () => {
    ticketOf(10 ** 15 - 1, { host: "elsewhere.example" });
    const ours = new Ticket(store, random);
    expect(tickets()).toHaveLength(2);
    expect(tickets().every((name) => name.startsWith(".key.kdb.lock.queue.999999999999999."))).toBe(
      true,
    );
    ours.leave();
  });

  it("does not wait for the dead, and removes their tickets", () => {
    ticketOf(1, { pid: DEAD_PID });
    expect(queued()).toBe(false);
    const ours = new Ticket(store, random);
    expect(ours.before(false, 0)).toBe(0);
    expect(tickets()).toHaveLength(1);
  });

  it.each([
    ["another host", { host: "elsewhere.example" }],
    ["another process space", { space: "pid:[1]" }],
    ["a process that was killed while it wrote it", { nonce: "" }],
  ])("leaves a free lock for a second to %s, and no longer", (_name, change) => {
    const other = ticketOf(1, change);
    expect(queued()).toBe(true);
    const ours = new Ticket(store, random);
    expect(ours.before(true, 5000)).toBe(1);
    expect(ours.before(true, 5000 + PATIENCE_MS - 1)).toBe(1);
    expect(ours.before(true, 5000 + PATIENCE_MS)).toBe(0);
    expect(tickets()).toContain(other);
    ours.served();
    expect(tickets()).toEqual([]);
  });

  it("counts the second from when the lock was last held, and anew for another head", () => {
    const first = new Ticket(store, random);
    const second = new Ticket(store, random);
    const third = new Ticket(store, random);
    expect(second.before(true, 0)).toBe(1);
    expect(second.before(false, PATIENCE_MS)).toBe(1);
    expect(second.before(true, PATIENCE_MS + 1)).toBe(1);
    expect(second.before(true, 2 * PATIENCE_MS)).toBe(1);
    expect(second.before(true, 2 * PATIENCE_MS + 1)).toBe(0);
    // Two places before it: two seconds.
    expect(third.before(true, 0)).toBe(2);
    expect(third.before(true, 2 * PATIENCE_MS - 1)).toBe(2);
    first.leave();
    expect(third.before(true, 2 * PATIENCE_MS)).toBe(1);
    expect(third.before(true, 3 * PATIENCE_MS)).toBe(0);
  });

  it("that others removed is taken again, with its place", () => {
    const first = new Ticket(store, random);
    const second = new Ticket(store, random);
    const names = tickets();
    second.served();
    expect(tickets()).toEqual([]);
    expect(first.before(true, 0)).toBe(0);
    expect(tickets()).toEqual(names.slice(0, 1));
  });
});
