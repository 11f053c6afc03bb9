import { describe, expect, test } from "vitest";
import type { PublicKeyView } from "../../../src/model/certificate.ts";
import type { FormatId } from "../../../src/model/store.ts";
import { ibmMq } from "../../../src/products/ibm-mq.ts";
import { productRefusal, products } from "../../../src/products/index.ts";
import { websphere } from "../../../src/products/websphere.ts";

const spki = new Uint8Array(0);
const rsa = (bits: number): PublicKeyView => ({ algorithm: "RSA", bits, spki });
const ec = (curve: string, bits: number): PublicKeyView => ({ algorithm: "EC", curve, bits, spki });
const ed25519: PublicKeyView = { algorithm: "Ed25519", bits: 256, spki };

const refused = (format: FormatId, publicKey: PublicKeyView, place: "own" | "signer" = "own") =>
  productRefusal(format, { publicKey, place })?.reason;

describe("what the products of a format refuse", () => {
  test.each(["kdb", "pkcs12", "jks", "pem"] as const)("%s: RSA below 2048 bits", (format) => {
    expect(refused(format, rsa(2047))).toMatch(/2047/);
    expect(refused(format, rsa(2048))).toBeUndefined();
    expect(refused(format, rsa(2049))).toBeUndefined();
  });

  test("a KDB: Ed25519, also of a CA above, since the chain is then refused", () => {
    expect(refused("kdb", ed25519)).toMatch(/GSKit/);
    expect(refused("kdb", ed25519, "signer")).toMatch(/GSKit/);
    expect(refused("pkcs12", ed25519)).toBeUndefined();
    expect(refused("jks", ed25519)).toBeUndefined();
  });

  test.each([
    ["P-256", 256],
    ["P-384", 384],
    ["P-521", 521],
  ])("a KDB takes %s", (curve, bits) => {
    expect(refused("kdb", ec(curve, bits))).toBeUndefined();
  });

  test.each([
    ["secp256k1", 256],
    ["brainpoolP256r1", 256],
    ["1.2.3", 0],
  ])("nothing takes %s", (curve, bits) => {
    for (const format of ["kdb", "pkcs12", "jks"] as const) {
      expect(refused(format, ec(curve, bits))).toContain(curve);
    }
  });

  test("a store for one product is judged by that one", () => {
    const use = { publicKey: ed25519, place: "own" } as const;
    expect(productRefusal("pkcs12", use, ibmMq)?.product.id).toBe("ibm-mq");
    expect(productRefusal("pkcs12", use, websphere)?.reason).toMatch(/Java 8/);
  });

  test("products have ids of their own", () => {
    expect(new Set(products.map(({ id }) => id)).size).toBe(products.length);
  });
});

describe("MQ's label", () => {
  test.each([
    ["QM1", "ibmwebspheremqqm1"],
    ["emir", "ibmwebspheremqemir"],
    ["My.QM_2", "ibmwebspheremqmy.qm_2"],
    // The longest queue manager name has 48 characters and fits.
    ["Q".repeat(48), `ibmwebspheremq${"q".repeat(48)}`],
  ])("of %s", (name, label) => {
    expect(ibmMq.label?.(name)).toBe(label);
    expect(ibmMq.remarks?.(label)).toEqual([]);
  });

  const remarks = (label: string) => ibmMq.remarks?.(label).map(({ message }) => message) ?? [];

  test("64 characters fit, 65 do not; z/OS takes 32", () => {
    expect(remarks("a".repeat(32))).toEqual([]);
    expect(remarks("a".repeat(33))).toEqual(["has 33 characters; MQ for z/OS takes 32"]);
    expect(remarks("a".repeat(64))).toEqual(["has 64 characters; MQ for z/OS takes 32"]);
    expect(remarks("a".repeat(65))).toEqual(["has 65 characters; MQ takes 64"]);
  });

  test.each([
    ["my label", /blank/],
    ["größe", /ASCII/],
    ["a/b", /NonStop/],
    ["a..b", /NonStop/],
    ["ibmWebSphereMQQM1", /lower case/],
  ])("%s is remarked on", (label, message) => {
    expect(remarks(label)).toEqual([expect.stringMatching(message)]);
  });

  test("capitals are fine in a label that is named with CERTLABL", () => {
    expect(remarks("QM1Label")).toEqual([]);
  });
});
