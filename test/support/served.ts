import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { codecFor, recognise } from "../../src/codecs/index.ts";
import type { Certificate } from "../../src/model/certificate.ts";
import { Secret } from "../../src/model/secret.ts";

/** What a TLS stack needs from a store, as PEM. */
export interface Served {
  readonly key: string;
  /** Leaf first. */
  readonly cert: string;
  /** Every certificate that the store trusts. */
  readonly ca: readonly string[];
}

/**
 * Reads a store of any format through our codec, for a TLS stack that cannot: Node standing in for the
 * product that would.
 *
 * @param label - the key entry to serve; the first where it is left out
 */
export async function serveStore(path: string, password: string, label?: string): Promise<Served> {
  const bytes = new Uint8Array(readFileSync(path));
  const format = recognise(bytes.subarray(0, 4096));
  if (format === undefined) throw new Error(`${path} is no store`);
  const codec = await codecFor(format);
  const passwords = { store: Secret.fromText(password) };
  const { store } = await codec.read(bytes, passwords);
  const own = store.entries.find(
    (entry) => entry.kind === "key" && (label === undefined || entry.label === label),
  );
  if (own?.kind !== "key") throw new Error(`${path} has no such key`);
  const pkcs8 = await codec.unseal(own.key, passwords);
  return {
    key: pkcs8.use((der) =>
      createPrivateKey({ key: Buffer.from(der), type: "pkcs8", format: "der" })
        .export({ type: "pkcs8", format: "pem" })
        .toString(),
    ),
    cert: own.chain.map(pemOf).join(""),
    ca: store.entries
      .filter((entry) => entry.kind === "trusted")
      .map((entry) => pemOf(entry.certificate)),
  };
}

function pemOf({ der }: Certificate): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
