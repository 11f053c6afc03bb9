import { integrityOf, partsOf, verifierOf } from "../../../../src/codecs/kdb/integrity.ts";
import { readHeader } from "../../../../src/codecs/kdb/layout.ts";
import type { Secret } from "../../../../src/model/secret.ts";

/**
 * Computes both MACs of a changed database anew, so that what stands behind them meets the parser.
 *
 * @throws PkiError where the header itself cannot be read any more
 */
export function reseal(changed: Uint8Array, password: Secret): Uint8Array {
  const { version, slotSize } = readHeader(changed);
  const out = changed.slice();
  const parts = partsOf(version, out);
  return password.use((secret) => {
    parts.verifier.set(verifierOf(version, parts.header, secret));
    parts.integrity.set(integrityOf(version, parts.head, parts.slots, slotSize, secret));
    return out;
  });
}
