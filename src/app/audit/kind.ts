import { basename } from "node:path";
import { nameOther, recognise } from "../../codecs/index.ts";
import type { OtherFormat } from "../../codecs/other-formats.ts";
import { indexOfAscii } from "../../codecs/sniff.ts";
import type { FormatId } from "../../model/store.ts";
import { extensionOf } from "./store-file.ts";

/** What a file looks like by its first bytes, and by its name where that makes a promise. */
export type FileKind =
  | { readonly is: "store"; readonly format: FormatId }
  | { readonly is: "archive"; readonly archive: "zip" | "gzip" | "tar" }
  /** No store, and judged all the same. */
  | { readonly is: "companion"; readonly companion: "crl" | "stash" }
  /** Holds certificates or keys and is not read, or promises to and is something else. */
  | { readonly is: "unread"; readonly other: OtherFormat | undefined }
  | { readonly is: "ordinary" };

/** Names that promise a store: then unknown contents are told. */
const PROMISES = new Set([
  ".kdb",
  ".jks",
  ".jceks",
  ".keystore",
  ".truststore",
  ".p12",
  ".pfx",
  ".pkcs12",
  ".bks",
  ".ubr",
  ".bcfks",
  ".pem",
  ".crt",
  ".cer",
  ".arm",
  ".der",
  ".p7b",
  ".p7c",
]);

/** A log that is compressed is nobody's business; an archive, a store or an image's layer is, by its name. */
function promisesArchive(path: string): boolean {
  const [, inner, packed] = /(\.[^./]+)?(\.(?:7z|rar|t[bx]z2?|tzst|bz2|xz|zst))$/i.exec(path) ?? [];
  if (packed === undefined) return /(?:^|\/)blobs\/sha256\/[0-9a-f]{64}$/.test(path);
  if (!/^\.(?:bz2|xz|zst)$/i.test(packed)) return true;
  return inner?.toLowerCase() === ".tar" || PROMISES.has(inner?.toLowerCase() ?? "");
}

/** NSS databases are SQLite or Berkeley DB, which many other files are too. */
const NSS_NAMES = /^(?:cert|key)[0-9]+\.db$/;

export function kindOf(path: string, head: Uint8Array): FileKind {
  const format = recognise(head);
  const extension = extensionOf(path);
  if (format === "pem" && !mayBePem(extension, head)) {
    return isPemCrl(extension, head) ? { is: "companion", companion: "crl" } : { is: "ordinary" };
  }
  if (format !== undefined) return { is: "store", format };
  const other = nameOther(head);
  if (other?.id === "zip" || other?.id === "gzip") return { is: "archive", archive: other.id };
  if (isTar(head) || (extension === ".tar" && isTarBlock(head))) {
    return { is: "archive", archive: "tar" };
  }
  if (other?.id === "nss" && !NSS_NAMES.test(basename(path))) return { is: "ordinary" };
  if (other?.id === "crl") return { is: "companion", companion: "crl" };
  if (other?.id === "stash" && extension === ".sth") return { is: "companion", companion: "stash" };
  if (other !== undefined) {
    const told = other.store === true || (other.archive === true && promisesArchive(path));
    return told ? { is: "unread", other } : { is: "ordinary" };
  }
  return PROMISES.has(extension) ? { is: "unread", other: undefined } : { is: "ordinary" };
}

/** Text that may have its first block far down: comments before each CA, `openssl x509 -text`. */
export function mayHaveLatePem(path: string): boolean {
  return [".pem", ".crt", ".cer", ".arm", ".key", ".txt"].includes(extensionOf(path));
}

/**
 * Program text and documentation quote PEM blocks: a block counts where its BEGIN stands at the start
 * of a line and the file is not, by its name, something that shows one.
 */
function mayBePem(extension: string, head: Uint8Array): boolean {
  if (QUOTES_PEM.has(extension)) return false;
  for (let at = indexOfAscii(head, BEGIN); at !== -1; at = indexOfAscii(head, BEGIN, at + 1)) {
    if (lineStart(head, at) && !OTHER_LABELS.test(labelAt(head, at + BEGIN.length))) return true;
  }
  return false;
}

/** A text of revocation lists, as far as its head tells. */
function isPemCrl(extension: string, head: Uint8Array): boolean {
  if (QUOTES_PEM.has(extension)) return false;
  const at = indexOfAscii(head, `${BEGIN}X509 CRL-----`);
  return at !== -1 && lineStart(head, at);
}

const BEGIN = "-----BEGIN ";
/** Armour that is nobody's certificate or key of ours. */
const OTHER_LABELS = /^(?:PGP |OPENSSH |SSH2 |DH |EC PARAM|X509 CRL|PUBLIC KEY|RSA PUBLIC)/;
const QUOTES_PEM = new Set([
  ".md",
  ".adoc",
  ".rst",
  ".html",
  ".c",
  ".h",
  ".cc",
  ".cpp",
  ".cs",
  ".go",
  ".java",
  ".js",
  ".json",
  ".kt",
  ".mjs",
  ".cjs",
  ".php",
  ".pl",
  ".py",
  ".rb",
  ".rs",
  ".scala",
  ".swift",
  ".ts",
  ".tsx",
]);

function lineStart(bytes: Uint8Array, at: number): boolean {
  const before = bytes[at - 1];
  return at === 0 || before === 0x0a || before === 0x0d || (at === 3 && bytes[0] === 0xef);
}

function labelAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 16));
}

/**
 * A header of a tar file: `ustar` at its place, or, as before POSIX, the sum of its octets in octal digits, the
 * sum's own field taken for blanks.
 */
export function isTarBlock(block: Uint8Array): boolean {
  if (isTar(block)) return true;
  if (block.length < 512 || block[0] === 0) return false;
  const digits = /^[ 0]*([0-7]{1,6})[ \0]/.exec(String.fromCharCode(...block.subarray(148, 156)));
  if (digits === null) return false;
  let sum = 8 * 0x20;
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 0 : (block[i] as number);
  return sum === Number.parseInt(digits[1] as string, 8);
}

/** `ustar` at its place (POSIX pax, and GNU with two spaces). */
function isTar(head: Uint8Array): boolean {
  return head.length >= 512 && indexOfAscii(head.subarray(257, 262), "ustar") === 0;
}
