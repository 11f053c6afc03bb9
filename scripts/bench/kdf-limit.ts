import { ChainLanes } from "../../src/crypto/chain-lanes.ts";
import { Purpose, pbkdf2, pkcs12Kdf } from "../../src/crypto/kdf.ts";
import { pkcs12Password } from "../../src/crypto/password.ts";

/** What the JDK and our writer use. */
const ITERATIONS = 10_000;
const SALT = new Uint8Array(20).fill(7);
/** Stores at work at the same time. */
const WIDTH = 32;

/**
 * Seconds that the key derivations of `stores` JDK-default PKCS#12 stores with one key take by themselves: the MAC's
 * in four lanes here, two PBKDF2 in Node's thread pool, all cores busy. An audit may pass it: on Node 20 its threads
 * derive PBKDF2 in lanes too, which is quicker than Node's own (docs/decisions/0125).
 */
export async function kdfSeconds(stores: number): Promise<number> {
  const password = new TextEncoder().encode("password");
  const { pkcs12 } = pkcs12Password(password);
  const lanes = new ChainLanes();
  const store = () =>
    Promise.all([
      pkcs12Kdf("sha256", Purpose.mac, pkcs12, SALT, ITERATIONS, 32, lanes),
      pbkdf2("sha256", password, SALT, ITERATIONS, 32),
      pbkdf2("sha256", password, SALT, ITERATIONS, 32),
    ]);
  let left = stores;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await store();
  };
  const from = process.hrtime.bigint();
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return Number(process.hrtime.bigint() - from) / 1e9;
}
