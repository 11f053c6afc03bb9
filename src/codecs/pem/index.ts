import { PkiError } from "../../model/error.ts";
import type { KnownSignatures } from "../../x509/chain.ts";
import type {
  Codec,
  Container,
  FormatId,
  NewContainer,
  Passwords,
  Protection,
  ReadResult,
} from "../codec.ts";
import { isDer, isPem } from "../recognise.ts";
import { type Layout, type Part, readParts } from "./blocks.ts";
import { readDerBlock, writeDerFile } from "./der.ts";
import { groupBlocks } from "./group.ts";
import { storedLabel } from "./label.ts";
import { protectionOf, unsealKey } from "./private-key.ts";
import { writePemStore } from "./write.ts";

/** What a new key is sealed with; `none` leaves it plain and is taken only when asked for. */
const PROTECTIONS: readonly [Protection, ...Protection[]] = [
  {
    id: "pbes2-aes256",
    weak: false,
    readBy: "OpenSSL 1.0 and later, Java, nginx and Apache with a password program",
  },
  { id: "none", weak: true, readBy: "everything, and everybody who can read the file" },
];

/** PEM text: certificates, private keys and requests with whatever stands around them. docs/formats/pem.md. */
export const pemCodec: Codec = {
  format: "pem",
  title: "PEM",
  extensions: [".pem", ".arm", ".crt", ".cer", ".key"],
  holds: ["key", "trusted", "request", "secret"],
  protections: PROTECTIONS,
  listsWithoutPassword: true,
  sniff: isPem,
  sameLabel: (a, b) => storedLabel(a) === storedLabel(b),
  storedLabel,
  read: async (bytes, passwords, shared) =>
    readResult("pem", readParts(bytes, shared?.certificates), passwords, shared?.known),
  write: writePemStore,
  create: (options) => create("pem", options),
  unseal: (key, passwords) => unsealKey(key, passwords),
};

/** One certificate, request or private key in DER. */
export const derCodec: Codec = {
  format: "der",
  title: "DER",
  extensions: [".der", ".cer", ".crt"],
  holds: ["trusted", "request", "secret"],
  protections: PROTECTIONS,
  listsWithoutPassword: true,
  sniff: isDer,
  sameLabel: (a, b) => storedLabel(a) === storedLabel(b),
  storedLabel,
  read: async (bytes, passwords) => readResult("der", [readDerBlock(bytes)], passwords),
  write: writeDerFile,
  create: (options) => create("der", options),
  unseal: (key, passwords) => unsealKey(key, passwords),
};

async function readResult(
  format: FormatId,
  parts: readonly Part[],
  passwords: Passwords,
  known?: KnownSignatures,
): Promise<ReadResult> {
  const entries = await groupBlocks(parts, passwords, known);
  if (entries.length === 0) {
    throw new PkiError("format-malformed", "the text holds no certificate, request or private key");
  }
  const keys = parts.flatMap((part) =>
    part.kind === "block" && part.role === "key" ? [part.key] : [],
  );
  const layout: Layout = { parts, plainKeys: keys.some((key) => key.state === "open") };
  return {
    store: { entries },
    container: {
      format,
      version: "",
      integrity: "none",
      ...protectionOf(keys),
      rest: { pem: layout },
    },
  };
}

function create(format: FormatId, options: NewContainer): Container {
  const protection = options.protection ?? PROTECTIONS[0].id;
  const known = PROTECTIONS.some(({ id }) => id === protection);
  if (!known || options.version !== undefined || options.passwordExpires !== undefined) {
    const what = known ? "a PEM file has no version and no expiry date" : "no such protection";
    throw new PkiError("format-cannot-hold", what, {
      hint: `protections are ${PROTECTIONS.map(({ id }) => id).join(" and ")}`,
    });
  }
  const layout: Layout = { parts: [], plainKeys: protection === "none" };
  return { format, version: "", protection, integrity: "none", rest: { pem: layout } };
}
