import { pbkdf2Sync } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { toHex } from "../../../src/bytes/octets.ts";
import { hashChain, type Pbkdf2Work } from "../../../src/crypto/chain.ts";
import { ChainLanes } from "../../../src/crypto/chain-lanes.ts";
import { digest } from "../../../src/crypto/digest.ts";
import { pbkdf2 } from "../../../src/crypto/kdf.ts";
import { LanePace, PACE_TURNS } from "../../../src/crypto/lane-pace.ts";
import { propertyRuns } from "../../support/mutations.ts";

const bytes = (count: number, first = 1) => Uint8Array.from({ length: count }, (_, i) => first + i);
const pacedLanes = () => new ChainLanes(new LanePace(() => 0));

function work(of: Partial<Pbkdf2Work>): Pbkdf2Work {
  return {
    hash: "sha256",
    password: bytes(9),
    salt: bytes(20),
    iterations: 300,
    length: 32,
    ...of,
  };
}

const native = ({ hash, password, salt, iterations, length }: Pbkdf2Work) =>
  pbkdf2Sync(password, salt, iterations, length, hash).toString("hex");

/** Derives all at once and compares each with OpenSSL. */
async function compare(all: readonly Pbkdf2Work[], lanes = pacedLanes()): Promise<void> {
  const made = await Promise.all(all.map((one) => lanes.pbkdf2(one)));
  expect(made.map((one) => (one === undefined ? "not taken" : toHex(one)))).toEqual(
    all.map(native),
  );
}

afterEach(() => vi.unstubAllGlobals());

describe.each(["sha1", "sha256"] as const)("PBKDF2 in four lanes, %s", (hash) => {
  it("every length of password and salt around a block", async () => {
    const lengths = [0, 1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 129, 300];
    await compare(
      lengths.flatMap((length) => [
        work({ hash, password: bytes(length) }),
        work({ hash, salt: bytes(length) }),
      ]),
    );
  });

  it("keys of every length up to four blocks", async () => {
    const most = hash === "sha1" ? 80 : 128;
    const lengths = Array.from({ length: most }, (_, i) => i + 1);
    await compare(lengths.map((length) => work({ hash, length })));
    expect(pacedLanes().pbkdf2(work({ hash, length: most + 1 }))).toBeUndefined();
    expect(pacedLanes().pbkdf2(work({ hash, length: 0 }))).toBeUndefined();
  });

  it("iterations around what is worth it, and around what is done at once", async () => {
    const counts = [250, 251, 255, 256, 257, 8191, 8192, 8193, 8194, 16_385, 20_000];
    await compare(counts.map((iterations) => work({ hash, iterations })));
    expect(pacedLanes().pbkdf2(work({ hash, iterations: 249 }))).toBeUndefined();
  });

  it("any number at a time, beside chains of the PKCS#12 derivation", async () => {
    for (const count of [1, 2, 3, 4, 5, 9]) {
      const lanes = pacedLanes();
      const start = digest(hash, bytes(count));
      const turns = 4000 + count;
      const chain = lanes.run({ hash, digest: start, turns });
      const all = Array.from({ length: count }, (_, i) =>
        work({ hash, password: bytes(i), iterations: 1000 + 777 * i }),
      );
      await compare(all, lanes);
      expect(toHex(await chain)).toBe(toHex(hashChain(hash, start, turns)));
    }
  });

  it("whatever is asked, as OpenSSL", async () => {
    const octets = fc.uint8Array({ minLength: 0, maxLength: 150 });
    const one = fc.record({
      password: octets,
      salt: octets,
      iterations: fc.integer({ min: 250, max: 1500 }),
      length: fc.integer({ min: 1, max: hash === "sha1" ? 80 : 128 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 7 }), (all) =>
        compare(all.map((parts) => work({ hash, ...parts }))),
      ),
      { numRuns: Math.max(20, Math.round(propertyRuns / 50)) },
    );
  });
});

describe("PBKDF2 in four lanes", () => {
  it("leaves the password alone, and does not need it any more", async () => {
    const password = bytes(12);
    const one = work({ password });
    const expected = native(one);
    for (const count of [1, 4]) {
      const lanes = pacedLanes();
      const own = Array.from({ length: count }, () => password.slice());
      const made = own.map((secret) => lanes.pbkdf2(work({ password: secret })));
      expect(own.map(toHex)).toEqual(own.map(() => toHex(password)));
      for (const secret of own) secret.fill(0);
      for (const result of made) expect(toHex((await result) as Uint8Array)).toBe(expected);
    }
  });

  it("is for audits in threads: other lanes, hashes and engines leave it to Node", async () => {
    expect(new ChainLanes().pbkdf2?.(work({}))).toBeUndefined();
    for (const hash of ["sha512", "sha384", "sha224", "md5"] as const) {
      expect(pacedLanes().pbkdf2(work({ hash }))).toBeUndefined();
    }
    vi.stubGlobal("WebAssembly", undefined);
    const lanes = pacedLanes();
    expect(lanes.pbkdf2(work({}))).toBeUndefined();
    const { hash, password, salt, iterations, length } = work({});
    const made = await pbkdf2(hash, password, salt, iterations, length, lanes);
    expect(toHex(made)).toBe(native(work({})));
  });
});

describe("LanePace", () => {
  /** A clock by which a measured run takes what the test says. */
  function paced(takes: () => number) {
    let now = 0;
    let isStart = true;
    return new LanePace(() => {
      if (!isStart) now += takes();
      isStart = !isStart;
      return now;
    });
  }

  /** `perLane`: milliseconds of one lane's turn, against one of Node's iterations. */
  function paceOf(samples: number, perLane: number, perNative: number): LanePace {
    let cost = perLane * 4 * PACE_TURNS;
    const pace = paced(() => cost);
    for (let i = 0; i < samples; i++) pace.lanes("sha256", () => {});
    cost = perNative * PACE_TURNS;
    return pace;
  }

  it("prefers the lanes until it knows better", () => {
    expect(paceOf(63, 10, 1).prefersLanes("sha256")).toBe(true);
    expect(paceOf(64, 10, 1).prefersLanes("sha256")).toBe(false);
    expect(paceOf(64, 10, 1).prefersLanes("sha1")).toBe(true);
  });

  it("prefers them unless Node is clearly quicker", () => {
    expect(paceOf(64, 1, 2).prefersLanes("sha256")).toBe(true);
    expect(paceOf(64, 1, 0.81).prefersLanes("sha256")).toBe(true);
    expect(paceOf(64, 1, 0.79).prefersLanes("sha256")).toBe(false);
  });

  it("has PBKDF2 done by Node where that is quicker", async () => {
    const lanes = new ChainLanes(paceOf(64, 1, 0.5));
    expect(lanes.pbkdf2(work({}))).toBeUndefined();
    expect(lanes.pbkdf2(work({ hash: "sha1" }))).toBeDefined();
  });
});
