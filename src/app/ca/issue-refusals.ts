import type { Certificate } from "../../model/certificate.ts";
import { findEntry } from "../../model/edit.ts";
import { PkiError } from "../../model/error.ts";
import type { KeyEntry } from "../../model/store.ts";
import { ibmMq } from "../../products/ibm-mq.ts";
import { productRefusal } from "../../products/index.ts";
import type { Product } from "../../products/product.ts";
import type { KeySpec } from "../../x509/build/key-pair.ts";
import { printName } from "../../x509/name.ts";
import type { Opened } from "../open.ts";
import type { Notice } from "../outcome.ts";
import type { Ca } from "./ca.ts";
import type { IdentityRequest } from "./identity.ts";

const MAX_LABEL = 128;

/**
 * Refuses a label that cannot be, or that is taken; with `replace` a key entry there is the answer instead.
 *
 * @throws PkiError `usage`, `label-exists`
 */
export function refuseLabel(opened: Opened, label: string, replace = false): KeyEntry | undefined {
  const { path } = opened;
  if (label === "" || label.length > MAX_LABEL || /[\x00-\x1f\x7f]/.test(label)) {
    throw new PkiError("usage", `a label has 1 to ${MAX_LABEL} printable characters`, {
      path,
      where: "--label",
    });
  }
  const { store, codec, requests } = opened;
  const entries = [...store.entries, ...requests];
  const taken = findEntry({ entries }, label, codec.sameLabel);
  if (taken === undefined) return undefined;
  if (replace && taken.kind === "key") return taken;
  const message =
    taken.kind === "request"
      ? "a certificate request is pending under that label"
      : "the label is taken";
  throw new PkiError("label-exists", message, {
    path,
    where: taken.label,
    hint:
      taken.kind === "key"
        ? "choose another with --label, or renew what is there with --replace"
        : "choose another with --label",
  });
}

/** What the products that may open the store will make of a label. */
export function labelRemarks(
  { path, codec }: Opened,
  label: string,
  product: Product | undefined,
): readonly Notice[] {
  const judge = product ?? (codec.format === "kdb" ? ibmMq : undefined);
  const notices = (judge?.remarks?.(label) ?? []).map(
    ({ message }): Notice => ({ level: "warning", path, label, message: `its label ${message}` }),
  );
  if (product === ibmMq && codec.format === "jks") {
    const message = "a JKS is read by MQ's Java clients only, not by a queue manager or a C client";
    return [...notices, { level: "note", path, message }];
  }
  return notices;
}

/**
 * What the products that open the store cannot use, in the new key and in every CA above it, is refused;
 * with `force` it is said instead.
 */
export function refuseKeys(
  { path, codec }: Opened,
  request: IdentityRequest,
  ca: Ca | undefined,
  product: Product | undefined,
  force: boolean,
): readonly Notice[] {
  const notices: Notice[] = [];
  const refuse = (message: string, where: string, hint: string) => {
    if (!force) throw new PkiError("product-refused", message, { path, where, hint });
    notices.push({ level: "warning", path, message });
  };
  if (product !== undefined && !product.formats.includes(codec.format)) {
    refuse(
      `${product.title} does not read ${codec.title}`,
      "--for",
      "choose another type of store, or add --force",
    );
  }
  const own = productRefusal(
    codec.format,
    { publicKey: viewOf(request.key), place: "own" },
    product,
  );
  if (own !== undefined) {
    refuse(own.reason, "--key", "choose another key, such as --key rsa:2048, or add --force");
  }
  for (const { publicKey, subject } of ca?.chain ?? []) {
    const above = productRefusal(codec.format, { publicKey, place: "signer" }, product);
    if (above === undefined) continue;
    const message = `the key of its CA ${printName(subject)} cannot be used: ${above.reason}`;
    refuse(message, "--ca", "use a CA with another key, or add --force");
  }
  return notices;
}

function viewOf(key: KeySpec): Certificate["publicKey"] {
  const spki = new Uint8Array(0);
  switch (key.kind) {
    case "RSA":
      return { algorithm: "RSA", bits: key.bits, spki };
    case "EC":
      return { algorithm: "EC", bits: Number(key.curve.slice(2)), curve: key.curve, spki };
    case "Ed25519":
      return { algorithm: "Ed25519", bits: 256, spki };
  }
}
