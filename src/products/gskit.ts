import type { KeyUse } from "./product.ts";

const CURVES = new Set(["P-256", "P-384", "P-521"]);

/**
 * What GSKit 8 refuses in a handshake, measured (docs/products.md#gskit): whoever is built on it (IBM MQ,
 * IBM HTTP Server, Db2) refuses the same. A root with a short RSA key is accepted there, and refused here
 * all the same: what is new should not be weak.
 */
export function gskitRefuses({ publicKey }: KeyUse): string | undefined {
  const { algorithm, bits, curve } = publicKey;
  switch (algorithm) {
    case "RSA":
    case "RSASSA-PSS":
      return bits < 2048
        ? `RSA keys below 2048 bits are too short (this one has ${bits})`
        : undefined;
    case "EC":
      return CURVES.has(curve ?? "")
        ? undefined
        : `GSKit knows the curves P-256, P-384 and P-521 only, not ${curve ?? "this one"}`;
    default:
      return `GSKit cannot use ${algorithm} keys: the handshake fails without a certificate being sent`;
  }
}
