import { derShape, indexOfAscii, pemLabels, startsWith } from "./sniff.ts";

/** A file that we recognise and do not read. */
export interface OtherFormat {
  /** A short name for reports, such as `bks`. */
  readonly id: string;
  /** True for what holds certificates or keys that an audit would have looked at. */
  readonly store?: true;
  /** True for what is compressed in a way that we do not unpack: it may hold stores. */
  readonly archive?: true;
  /** With its article, such as `a ZIP archive`. */
  readonly title: string;
  readonly hint?: string;
}

interface Known extends OtherFormat {
  is(head: Uint8Array): boolean;
}

const ascii = (text: string) => (head: Uint8Array) =>
  indexOfAscii(head.subarray(0, text.length), text) === 0;

/** `-----BEGIN ` in EBCDIC (all its code pages have these the same). */
const EBCDIC_BEGIN = [0x60, 0x60, 0x60, 0x60, 0x60, 0xc2, 0xc5, 0xc7, 0xc9, 0xd5, 0x40];

const convertWithKeytool = "convert it to PKCS#12 with keytool -importkeystore first";

const KNOWN: readonly Known[] = [
  {
    id: "kdb-companion",
    title: "the request or CRL file of a key database",
    hint: "name the .kdb beside it",
    is: (head) => startsWith(head, 0x37, 0x48) && head[3] === 1,
  },
  {
    id: "pkcs7",
    store: true,
    title: "a PKCS#7 (.p7b) file",
    hint: "take its certificates out with openssl pkcs7 -print_certs first",
    is: (head) => derShape(head) === "other:pkcs7",
  },
  {
    id: "crl",
    title: "a certificate revocation list",
    is: (head) => derShape(head) === "other:crl",
  },
  {
    id: "public-key",
    title: "a public key without a certificate",
    is: (head) => derShape(head) === "other:public-key",
  },
  {
    id: "bcfks",
    store: true,
    title: "a Bouncy Castle BCFKS keystore",
    hint: convertWithKeytool,
    is: (head) => derShape(head) === "other:bcfks",
  },
  {
    // Version 1 or 2, then a salt of 20 octets behind its length.
    id: "bks",
    store: true,
    title: "a Bouncy Castle BKS or UBER keystore",
    hint: convertWithKeytool,
    is: (head) =>
      startsWith(head, 0, 0, 0) &&
      (head[3] === 1 || head[3] === 2) &&
      startsWith(head.subarray(4), 0, 0, 0, 20),
  },
  {
    id: "openssh-key",
    title: "an OpenSSH private key",
    hint: "convert it with ssh-keygen -p -m PKCS8",
    is: (head) => onlyPem(head, (label) => label.startsWith("OPENSSH ")),
  },
  {
    id: "openpgp",
    title: "an OpenPGP file",
    is: (head) => onlyPem(head, (label) => label.startsWith("PGP ")),
  },
  {
    id: "ssh-key",
    title: "an SSH public key",
    is: (head) =>
      ascii("ssh-")(head) || ascii("ecdsa-sha2-")(head) || ascii("---- BEGIN SSH2")(head),
  },
  { id: "putty-key", title: "a PuTTY private key", is: ascii("PuTTY-User-Key-File") },
  {
    id: "pem-utf16",
    store: true,
    title: "PEM text in UTF-16",
    hint: "save it as UTF-8 or ASCII",
    is: (head) =>
      indexOfAscii(head.subarray(0, 8192), "-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0") !== -1 ||
      indexOfAscii(head.subarray(0, 8192), "\0-\0-\0-\0-\0-\0B\0E\0G\0I\0N") !== -1,
  },
  {
    id: "pem-ebcdic",
    store: true,
    title: "PEM text in EBCDIC",
    hint: "translate it with iconv -f IBM-1047 -t ISO8859-1",
    is: (head) => {
      const at = head.subarray(0, 8192).indexOf(0x60);
      return at !== -1 && startsWith(head.subarray(at), ...EBCDIC_BEGIN);
    },
  },
  {
    id: "base64",
    store: true,
    title: "base64 without its BEGIN line",
    hint: "put the lines -----BEGIN CERTIFICATE----- and -----END CERTIFICATE----- around it",
    is: (head) => ascii("MII")(head) && isBase64(head.subarray(0, 1024)),
  },
  {
    id: "zip",
    title: "a ZIP archive",
    hint: "unpack it and name the keystore inside",
    is: (head) => startsWith(head, 0x50, 0x4b, 3, 4),
  },
  {
    id: "bzip2",
    archive: true,
    title: "compressed with bzip2",
    hint: "unpack it first",
    is: (head) => ascii("BZh")(head) && startsWith(head.subarray(4), 0x31, 0x41, 0x59, 0x26),
  },
  {
    id: "xz",
    archive: true,
    title: "compressed with xz",
    hint: "unpack it first",
    is: (head) => startsWith(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
  },
  {
    id: "zstd",
    archive: true,
    title: "compressed with Zstandard",
    hint: "unpack it first",
    is: (head) => startsWith(head, 0x28, 0xb5, 0x2f, 0xfd),
  },
  {
    id: "7z",
    archive: true,
    title: "a 7z archive",
    hint: "unpack it first",
    is: (head) => startsWith(head, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
  },
  {
    id: "rar",
    archive: true,
    title: "a RAR archive",
    hint: "unpack it first",
    is: ascii("Rar!\x1a\x07"),
  },
  { id: "gzip", title: "a gzip archive", is: (head) => startsWith(head, 0x1f, 0x8b, 8) },
  {
    id: "nss",
    store: true,
    title: "an NSS certificate database",
    hint: "export it to PKCS#12 with pk12util -o first",
    is: (head) => ascii("SQLite format 3\0")(head) || startsWith(head, 0, 6, 0x15, 0x61),
  },
  {
    id: "java-object",
    title: "a Java object stream",
    is: (head) => startsWith(head, 0xac, 0xed, 0, 5),
  },
  { id: "keychain", store: true, title: "a macOS keychain", is: ascii("kych") },
  {
    id: "pvk",
    store: true,
    title: "a Windows private key (.pvk)",
    is: (head) => startsWith(head, 0x1e, 0xf1, 0xb5, 0xb0),
  },
  {
    id: "sst",
    store: true,
    title: "a Windows certificate store (.sst)",
    hint: "export it from certmgr as PKCS#12 or PKCS#7",
    is: (head) => startsWith(head, 0, 0, 0, 0) && ascii("CERT")(head.subarray(4)),
  },
  // A stash has no magic: only its exact size and form speak for it, so it is asked last.
  {
    id: "stash",
    title: "a stash file (.sth)",
    hint: "name the .kdb beside it, or use pki unstash",
    is: (head) =>
      (head.length === 129 && head.includes(0xf5)) || (head.length === 193 && !isText(head)),
  },
];

/** What a file is that none of our codecs reads; undefined where nobody knows. */
export function nameOther(head: Uint8Array): OtherFormat | undefined {
  return KNOWN.find((known) => known.is(head));
}

function onlyPem(head: Uint8Array, wanted: (label: string) => boolean): boolean {
  const labels = pemLabels(head);
  return labels.length > 0 && labels.every(wanted);
}

function isText(head: Uint8Array): boolean {
  return head.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13));
}

function isBase64(head: Uint8Array): boolean {
  return head.every(
    (byte) =>
      (byte >= 0x41 && byte <= 0x5a) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      (byte >= 0x2f && byte <= 0x39) ||
      byte === 0x2b ||
      byte === 0x3d ||
      byte === 13 ||
      byte === 10,
  );
}
