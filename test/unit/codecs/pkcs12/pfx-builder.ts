import { der } from "../../../../src/bytes/der-writer.ts";
import { type Bag, encodeBags } from "../../../../src/codecs/pkcs12/bag.ts";
import { computeMac, encodeMac, type Mac } from "../../../../src/codecs/pkcs12/mac.ts";
import { encodePfx } from "../../../../src/codecs/pkcs12/pfx.ts";
import { encodeSafes, type Safe } from "../../../../src/codecs/pkcs12/safe.ts";
import { pkcs12Password } from "../../../../src/crypto/password.ts";
import { seededBytes } from "../../../support/mutations.ts";

/** Makes PKCS#12 files of any shape, right or wrong, under the password `test`. */
export const PASSWORD = "test";

const octets = () => pkcs12Password(new TextEncoder().encode(PASSWORD));

/** A MAC that costs nothing. */
export const cheapMac: Mac = {
  kind: "pkcs12",
  hash: "sha256",
  salt: new Uint8Array(8).fill(1),
  iterations: 1,
};

/** A file around an AuthenticatedSafe, with a MAC that is right. */
export async function sealContent(content: Uint8Array, mac: Mac = cheapMac): Promise<Uint8Array> {
  return encodePfx(content, encodeMac({ mac, value: await computeMac(mac, content, octets()) }));
}

/** The AuthenticatedSafe of contents in clear, each given as a whole SafeContents. */
export function plainContent(...contents: readonly Uint8Array[]): Uint8Array {
  const data = der.oid("1.2.840.113549.1.7.1");
  return der.sequence(
    ...contents.map((bags) => der.sequence(data, der.explicit(0, der.octetString(bags)))),
  );
}

export async function sealSafes(safes: readonly Safe[], mac: Mac = cheapMac): Promise<Uint8Array> {
  return sealContent(await encodeSafes(safes, octets(), seededBytes(1)), mac);
}

export async function sealBags(...bags: readonly Bag[]): Promise<Uint8Array> {
  return sealContent(plainContent(encodeBags(bags)));
}

/** One bag of any type, value and attributes, as DER. */
export function rawBag(type: string, value: Uint8Array, ...attributes: Uint8Array[]): Uint8Array {
  return der.sequence(
    der.oid(type),
    der.explicit(0, value),
    ...(attributes.length === 0 ? [] : [der.setOf(...attributes)]),
  );
}
