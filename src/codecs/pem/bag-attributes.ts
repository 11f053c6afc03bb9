import { concat } from "../../bytes/octets.ts";
import { utf8 } from "../../bytes/text.ts";

/**
 * What `openssl pkcs12` writes above a block, and what we write there where a label or a chain would not
 * read back by itself. Other programs take it for text around the block.
 */
export interface BagAttributes {
  /** The label that the entry had in its PKCS#12 file. */
  readonly friendlyName?: string;
  /** Lower-case hex: a key and its certificate have the same. */
  readonly localKeyId?: string;
  /** Ours, on a leaf: it and so many of the certificates right behind it, together this many, are the chain. */
  readonly chainLength?: number;
}

const NONE: BagAttributes = {};
const TITLE = "Bag Attributes";
const FRIENDLY_NAME = "friendlyName:";
const LOCAL_KEY_ID = "localKeyID:";
const CHAIN_LENGTH = "chainLength:";
/** Only so much of the text above a block is looked at. */
const MAX_LEAD = 16_384;

/** Reads the attributes from the text above a block; none where it is something else. */
export function readBagAttributes(lead: Uint8Array): BagAttributes {
  if (lead.length === 0 || lead.length > MAX_LEAD) return NONE;
  const lines = decoded(lead).split(/\r\n|\n|\r/);
  const title = lines.findIndex((line) => line.trim() === TITLE);
  if (title < 0) return NONE;
  let friendlyName: string | undefined;
  let localKeyId: string | undefined;
  let chainLength: number | undefined;
  for (const line of lines.slice(title + 1)) {
    const text = line.trim();
    if (text.startsWith(FRIENDLY_NAME)) friendlyName = text.slice(FRIENDLY_NAME.length).trim();
    else if (text.startsWith(LOCAL_KEY_ID)) localKeyId = hexOf(text.slice(LOCAL_KEY_ID.length));
    else if (text.startsWith(CHAIN_LENGTH)) {
      const digits = text.slice(CHAIN_LENGTH.length).trim();
      if (/^[1-9][0-9]{0,4}$/.test(digits)) chainLength = Number(digits);
    }
  }
  return {
    ...(friendlyName === undefined || friendlyName === "" ? {} : { friendlyName }),
    ...(localKeyId === undefined ? {} : { localKeyId }),
    ...(chainLength === undefined ? {} : { chainLength }),
  };
}

/** The text above a block with a label and chain length set; what else stands there stays. */
export function withBagAttributes(
  lead: Uint8Array,
  { friendlyName, chainLength }: Pick<BagAttributes, "friendlyName" | "chainLength">,
): Uint8Array {
  const ours = [
    ...(friendlyName === undefined ? [] : [`    ${FRIENDLY_NAME} ${friendlyName}\n`]),
    ...(chainLength === undefined ? [] : [`    ${CHAIN_LENGTH} ${chainLength}\n`]),
  ];
  if (ours.length === 0) return lead;
  const bytes = new TextEncoder();
  // Latin-1 keeps bytes that are not UTF-8; our own lines are added as bytes.
  const lines = latin1(lead).split(/(?<=\n)/);
  const title = lines.findIndex((line) => line.trim() === TITLE);
  if (title < 0) return concat([bytes.encode(`${TITLE}\n${ours.join("")}`), lead]);
  const kept = lines.filter((line, i) => {
    const text = line.trim();
    if (i <= title) return true;
    if (friendlyName !== undefined && text.startsWith(FRIENDLY_NAME)) return false;
    return !(chainLength !== undefined && text.startsWith(CHAIN_LENGTH));
  });
  return concat([
    octets(kept.slice(0, title + 1).join("")),
    bytes.encode(ours.join("")),
    octets(kept.slice(title + 1).join("")),
  ]);
}

function hexOf(text: string): string | undefined {
  const hex = text.replace(/ /g, "").toLowerCase();
  return /^([0-9a-f]{2})+$/.test(hex) ? hex : undefined;
}

/** Our text is UTF-8; openssl 3.0 prints names in Latin-1 and whatever is beyond it cut off. */
function decoded(lead: Uint8Array): string {
  return utf8.valid(lead) ? utf8.decode(lead) : latin1(lead);
}

function latin1(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
}

function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
