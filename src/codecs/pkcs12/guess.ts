import type { ChainRunner } from "../../crypto/chain.ts";
import { KdfBudget, MAX_FILE_ITERATIONS } from "../../crypto/kdf.ts";
import { wipePassword } from "../../crypto/password.ts";
import type { Secret } from "../../model/secret.ts";
import { macIterations, macMatches } from "./mac.ts";
import { passwordForms, passwordIn } from "./password-form.ts";
import { readPfx } from "./pfx.ts";

/** The MAC of a file as a question: is this the password? */
export interface MacGuess {
  /** What one answer costs. */
  readonly iterations: number;
  opens(password: Secret): Promise<boolean>;
}

/**
 * For trying several passwords without decrypting anything: the MAC alone is computed.
 *
 * @returns undefined where the file has no MAC. @throws PkiError as `readPkcs12`
 */
export function macGuess(bytes: Uint8Array, chains?: ChainRunner): MacGuess | undefined {
  const { content, mac } = readPfx(bytes);
  if (mac === undefined) return undefined;
  const use = mac.mac.kind === "pkcs12" ? "pkcs12" : "raw";
  return {
    iterations: macIterations(mac.mac),
    async opens(password) {
      const budget = new KdfBudget(MAX_FILE_ITERATIONS, chains);
      for (const form of passwordForms(password, use)) {
        if (budget.left < macIterations(mac.mac)) return false;
        const octets = passwordIn(form, password);
        try {
          if (await macMatches(mac, content, octets, budget)) return true;
        } finally {
          wipePassword(octets);
        }
      }
      return false;
    },
  };
}
