import { expect, test } from "vitest";
import { webCrypto } from "../../../src/crypto/engine.ts";

test("the engine's randomness is the one given to it", async () => {
  const asked: number[] = [];
  const engine = await webCrypto((count) => {
    asked.push(count);
    return new Uint8Array(count).fill(7);
  });
  expect([...engine.getRandomValues(new Uint8Array(3))]).toEqual([7, 7, 7]);
  const words = new Uint16Array(4).subarray(1, 3);
  expect([...engine.getRandomValues(words)]).toEqual([0x0707, 0x0707]);
  expect([...new Uint16Array(words.buffer)]).toEqual([0, 0x0707, 0x0707, 0]);
  expect(asked).toEqual([3, 4]);
});

test("two engines share nothing", async () => {
  const one = await webCrypto((count) => new Uint8Array(count).fill(1));
  const two = await webCrypto((count) => new Uint8Array(count).fill(2));
  expect(one.getRandomValues(new Uint8Array(1))[0]).toBe(1);
  expect(two.getRandomValues(new Uint8Array(1))[0]).toBe(2);
});
