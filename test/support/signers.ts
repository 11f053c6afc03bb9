import { writePem } from "../../src/bytes/pem.ts";
import { makeStranger } from "../../src/x509/build/stranger.ts";
import { parseName } from "../../src/x509/name.ts";
import { seededRandom } from "./fake-host.ts";

/** Self-signed certificates as PEM texts, `CN=signer 0`, `CN=signer 1` … */
export async function pemSigners(count: number): Promise<readonly string[]> {
  const random = seededRandom("signers");
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const subject = parseName(`CN=signer ${i}`);
    const { chain, pkcs8 } = await makeStranger({ subject }, new Date(), random);
    pkcs8.dispose();
    texts.push(writePem("CERTIFICATE", chain[0]));
  }
  return texts;
}
