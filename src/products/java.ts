import type { KeyUse } from "./product.ts";

const CURVES = new Set(["P-256", "P-384", "P-521"]);

/**
 * What the TLS of Java 8 to 25 refuses with the security properties it ships with: RSA below 1024 bits is
 * disabled in chains; new keys below 2048 are refused here. Java 15 and later take Ed25519, Java 8 and 11
 * do not (docs/products.md#java).
 */
export function javaRefuses({ publicKey }: KeyUse): string | undefined {
  const { algorithm, bits, curve } = publicKey;
  switch (algorithm) {
    case "RSA":
    case "RSASSA-PSS":
    case "DSA":
      return bits < 2048
        ? `${algorithm} keys below 2048 bits are too short (this one has ${bits})`
        : undefined;
    case "EC":
      return CURVES.has(curve ?? "")
        ? undefined
        : `the TLS of Java 16 and later knows the curves P-256, P-384 and P-521 only, not ${curve ?? "this one"}`;
    case "Ed25519":
    case "Ed448":
      return undefined;
    default:
      return `${algorithm} keys cannot be used`;
  }
}

/** The same before Java 15 learnt Ed25519: for products that bring Java 8 or 11. */
export function oldJavaRefuses(use: KeyUse): string | undefined {
  const { algorithm } = use.publicKey;
  if (algorithm !== "Ed25519" && algorithm !== "Ed448") return javaRefuses(use);
  return `the TLS of Java 8 and 11 knows no ${algorithm}`;
}
