import { writePem } from "../bytes/pem.ts";
import { recognise } from "../codecs/recognise.ts";
import { type FileWrite, type Host, MAX_STORE_BYTES } from "../io/host.ts";
import type { Certificate } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import type { Entry } from "../model/store.ts";
import { requireEntry } from "./find.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Outcome } from "./outcome.ts";

export interface ExtractOptions extends Omit<OpenOptions, "purpose"> {
  /** Where to; standard output where absent. */
  readonly output?: string;
  /** DER instead of PEM. */
  readonly der?: boolean;
  /** The issuers after the certificate. */
  readonly chain?: boolean;
  /** Replace an existing file, or write DER to a terminal. */
  readonly force?: boolean;
}

export interface ExtractResult {
  readonly store: string;
  readonly label: string;
  readonly what: "certificate" | "request";
  readonly certificates: readonly Certificate[];
  readonly bytes: Uint8Array;
  /** The file it goes to; undefined for standard output. */
  readonly output: string | undefined;
  readonly encoding: "pem" | "der";
}

/**
 * Takes a certificate (or the pending request of that label) out of a store. A private key never leaves.
 *
 * @throws PkiError `label-unknown`; `file-exists`; `usage` for DER of several, DER to a terminal, or an
 *   output that is a keystore
 */
export async function extractEntry(
  host: Host,
  path: string,
  label: string,
  options: ExtractOptions,
): Promise<Outcome<ExtractResult>> {
  const { output, der, chain, force, ...given } = options;
  if (der === true && chain === true) {
    throw new PkiError("usage", "a DER file holds one certificate, not a chain", {
      where: "--der --chain",
      hint: "leave --der away: PEM holds several",
    });
  }
  const opened = await openStore(host, path, { ...given, purpose: "list" });
  const entry = requireEntry(opened, label);
  const { what, blocks, certificates } = contentsOf(entry, path, chain === true);
  const encoding = der === true ? "der" : "pem";
  const pemLabel = what === "request" ? "CERTIFICATE REQUEST" : "CERTIFICATE";
  const bytes =
    encoding === "der"
      ? (blocks[0] as Uint8Array)
      : new TextEncoder().encode(blocks.map((block) => writePem(pemLabel, block)).join(""));
  if (output === undefined && encoding === "der" && host.terminal.stdoutIsTerminal && !force) {
    throw new PkiError("usage", "DER is not for a terminal", {
      hint: "give -o FILE, or leave --der away",
    });
  }
  const writes =
    output === undefined
      ? []
      : [await outputWrite(host, path, output, bytes, force === true, entry.label)];
  return {
    result: { store: path, label: entry.label, what, certificates, bytes, output, encoding },
    notices: opened.notices,
    appends: [],
    writes,
  };
}

interface Contents {
  readonly what: "certificate" | "request";
  readonly blocks: readonly Uint8Array[];
  readonly certificates: readonly Certificate[];
}

function contentsOf(entry: Entry, path: string, chain: boolean): Contents {
  switch (entry.kind) {
    case "request":
      return { what: "request", blocks: [entry.pkcs10], certificates: [] };
    case "secret":
      throw new PkiError("usage", "is a secret key: it has no certificate to extract", {
        path,
        where: JSON.stringify(entry.label),
      });
    case "trusted":
    case "key": {
      const all = entry.kind === "key" ? entry.chain : [entry.certificate];
      const certificates = chain ? all : all.slice(0, 1);
      return { what: "certificate", blocks: certificates.map(({ der }) => der), certificates };
    }
  }
}

async function outputWrite(
  host: Host,
  store: string,
  output: string,
  bytes: Uint8Array,
  force: boolean,
  label: string,
): Promise<FileWrite> {
  const summary = [`certificate ${JSON.stringify(label)} of ${store}`];
  const state = await host.files.stat(output);
  if (state.kind === "absent") {
    return { path: output, bytes, expect: { absent: true }, private: false, summary };
  }
  if (state.kind !== "file") {
    throw new PkiError("file-exists", "exists and is no regular file", {
      path: output,
      hint: "name a file",
    });
  }
  if (!force) {
    throw new PkiError("file-exists", "exists already", {
      path: output,
      hint: "give --force to replace it",
    });
  }
  const old = await host.files.read(output, MAX_STORE_BYTES);
  if (holdsKeys(old.bytes)) {
    throw new PkiError(
      "file-exists",
      "may hold private keys, and is not replaced even with --force",
      {
        path: output,
        hint: "name another file, or remove it first",
      },
    );
  }
  return { path: output, bytes, expect: { sha256: old.sha256 }, private: false, summary };
}

/** Anything but certificates: a keystore, or text with a private key in it. */
function holdsKeys(bytes: Uint8Array): boolean {
  const format = recognise(bytes);
  if (format === "pem") return new TextDecoder("latin1").decode(bytes).includes("PRIVATE KEY-----");
  return format !== undefined && format !== "der";
}
