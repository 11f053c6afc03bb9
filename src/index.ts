/**
 * The library: what the commands are made of, for other programs.
 *
 * A codec is functions of bytes (`codecFor`, `recognise`); a use case takes a `Host` and gives an
 * `Outcome`, which `commit` brings to disk.
 */
export { addToStore } from "./app/add.ts";
export { createStore } from "./app/create.ts";
export { extractEntry } from "./app/extract.ts";
export { listStores } from "./app/list.ts";
export { newStore } from "./app/new-store.ts";
export { type Opened, openStore } from "./app/open.ts";
export type { Notice, Outcome } from "./app/outcome.ts";
export { saveStore } from "./app/save.ts";
export { showStore } from "./app/show.ts";
export { stashPassword, unstashPassword } from "./app/stash.ts";
export type { Codec, Passwords, Protection, Random } from "./codecs/codec.ts";
export { codecFor, recognise } from "./codecs/index.ts";
export { commit } from "./io/commit.ts";
export type { FileAppend, FileWrite, Host } from "./io/host.ts";
export { nodeHost } from "./io/node-host.ts";
export type { Certificate, DistinguishedName } from "./model/certificate.ts";
export { type ErrorCode, PkiError } from "./model/error.ts";
export { Secret } from "./model/secret.ts";
export type { Container, Entry, EntryKind, FormatId, KeyMaterial, Store } from "./model/store.ts";
export { parseCertificate } from "./x509/parse.ts";
