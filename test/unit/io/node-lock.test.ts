import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PATIENCE_MS, Ticket } from "../../../src/io/lock-queue.ts";
import { takeLock } from "../../../src/io/node-lock.ts";

const random = (count: number) => new Uint8Array(randomBytes(count));
/** Above the largest process number that Linux gives. */
const DEAD_PID = 2 ** 22 + 1;
let folder = "";
let store = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-lock-"));
  store = join(folder, "key.kdb");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockFile = () => `${store}.lock`;
const holder = () => JSON.parse(readFileSync(lockFile(), "utf8"));
/** A lock that a process took which is now dead: ours, with its number changed. */
async function deadLock(change: Record<string, unknown> = {}): Promise<string> {
  const lock = await takeLock(store, 0, random);
  const content = { ...holder(), pid: DEAD_PID, nonce: "00112233445566aa", ...change };
  lock.release();
  writeFileSync(lockFile(), JSON.stringify(content));
  return content.nonce;
}

describe("takeLock", () => {
  it("names who holds it, and is gone after release with nothing left", async () => {
    const lock = await takeLock(store, 0, random);
    expect(holder()).toMatchObject({ pid: process.pid, host: hostname() });
    expect(holder().nonce).toMatch(/^[0-9a-f]{16}$/);
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("waits, and gives up naming the holder and the file to remove", async () => {
    const first = await takeLock(store, 0, random);
    await expect(takeLock(store, 60, random)).rejects.toMatchObject({
      code: "file-locked",
      message: expect.stringContaining(`process ${process.pid}`),
      hint: expect.stringContaining("key.kdb.lock"),
    });
    first.release();
    (await takeLock(store, 0, random)).release();
  });

  it("takes over when the holder releases while it waits", async () => {
    const first = await takeLock(store, 0, random);
    setTimeout(first.release, 50);
    (await takeLock(store, 10_000, random)).release();
  });

  it("breaks the lock of a dead process", async () => {
    await deadLock();
    const lock = await takeLock(store, 0, random);
    expect(holder().pid).toBe(process.pid);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("breaks the lock of an earlier process with this one's number", async () => {
    if (process.platform !== "linux") return;
    await deadLock({ pid: process.pid, started: "another boot/1" });
    (await takeLock(store, 0, random)).release();
  });

  it.each([
    ["another host", { host: "elsewhere.example" }],
    ["another process space", { space: "pid:[1]" }],
  ])("never breaks a lock of %s", async (_name, change) => {
    await deadLock(change);
    await expect(takeLock(store, 30, random)).rejects.toMatchObject({ code: "file-locked" });
  });

  it.each([
    ["empty", ""],
    ["not JSON", "lock"],
    ["JSON of another program", "{}"],
    ["a nonce that is a path", JSON.stringify({ pid: 1, nonce: "../../x" })],
  ])("never breaks a lock file that is %s", async (_name, content) => {
    writeFileSync(lockFile(), content);
    await expect(takeLock(store, 30, random)).rejects.toMatchObject({ code: "file-locked" });
    expect(readFileSync(lockFile(), "utf8")).toBe(content);
  });

  it("waits while a living process is breaking the same dead lock", async () => {
    const nonce = await deadLock();
    const breaker = await takeLock(`${lockFile()}.${nonce}`.replace(/\.lock$/, ""), 0, random);
    // The breaker's own lock is named after the dead one's nonce.
    const claim = `${lockFile()}.${nonce}`;
    writeFileSync(claim, readFileSync(`${claim}.lock`));
    await expect(takeLock(store, 50, random)).rejects.toMatchObject({ code: "file-locked" });
    rmSync(claim);
    breaker.release();
    (await takeLock(store, 0, random)).release();
  });

  it("goes past a breaker that died as well", async () => {
    const nonce = await deadLock();
    writeFileSync(
      `${lockFile()}.${nonce}`,
      JSON.stringify({ ...holder(), nonce: "ffeeddccbbaa9988" }),
    );
    (await takeLock(store, 0, random)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("removes unfinished lock files of dead processes, and of nobody else", async () => {
    await deadLock();
    const dead = readFileSync(lockFile());
    rmSync(lockFile());
    writeFileSync(`${folder}/.key.kdb.lock.${DEAD_PID}.00000000.tmp`, dead);
    writeFileSync(`${folder}/.key.kdb.lock.${DEAD_PID}.11111111.tmp`, "");
    writeFileSync(`${folder}/.key.kdb.lock.${process.pid}.22222222.tmp`, "");
    writeFileSync(`${folder}/.other.kdb.lock.${DEAD_PID}.33333333.tmp`, dead);
    (await takeLock(store, 0, random)).release();
    expect(readdirSync(folder).sort()).toEqual([
      `.key.kdb.lock.${process.pid}.22222222.tmp`,
      `.other.kdb.lock.${DEAD_PID}.33333333.tmp`,
    ]);
  });

  it("lets only one of many in at a time over a dead lock", async () => {
    await deadLock();
    let inside = 0;
    let most = 0;
    const work = Array.from({ length: 20 }, async () => {
      const lock = await takeLock(store, 30_000, random);
      most = Math.max(most, ++inside);
      await new Promise((wake) => setTimeout(wake, 2));
      inside--;
      lock.release();
    });
    await Promise.all(work);
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("serves those who wait in the order they came", async () => {
    const first = await takeLock(store, 0, random);
    const served: number[] = [];
    const waiting = Array.from({ length: 12 }, async (_, i) => {
      const lock = await takeLock(store, 30_000, random);
      served.push(i);
      await new Promise((wake) => setTimeout(wake, 1));
      lock.release();
    });
    first.release();
    await Promise.all(waiting);
    expect(served).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not go before one who waits, but where it may not wait itself", async () => {
    const ahead = new Ticket(store, random);
    await expect(takeLock(store, 30, random)).rejects.toMatchObject({ code: "file-locked" });
    (await takeLock(store, 0, random)).release();
    ahead.leave();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not held up by one who waited and was killed", async () => {
    const lock = await takeLock(store, 0, random);
    const dead = { ...holder(), pid: DEAD_PID };
    lock.release();
    const ticket = ".key.kdb.lock.queue.1.0000000000000000";
    writeFileSync(join(folder, ticket), JSON.stringify(dead));
    // Less than the patience with one who may be alive.
    (await takeLock(store, PATIENCE_MS / 2, random)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves no ticket when the wait ends without the lock, or is interrupted", async () => {
    const first = await takeLock(store, 0, random);
    await expect(takeLock(store, 30, random)).rejects.toMatchObject({ code: "file-locked" });
    expect(readdirSync(folder)).toEqual(["key.kdb.lock"]);
    const undos = new Set<() => void>();
    const wait = takeLock(store, 10_000, random, store, (undo) => {
      undos.add(undo);
      return () => undos.delete(undo);
    });
    expect(readdirSync(folder)).toHaveLength(2);
    for (const undo of undos) undo();
    expect(readdirSync(folder)).toEqual(["key.kdb.lock"]);
    first.release();
    (await wait).release();
    expect(undos.size).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
