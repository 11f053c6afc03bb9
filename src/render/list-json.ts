import { type ListResult, shownEntries } from "../app/list.ts";
import type { Opened } from "../app/open.ts";
import type { Entry } from "../model/store.ts";
import { certificateJson } from "./certificate-json.ts";
import { errorJson } from "./error.ts";
import { isoTime } from "./json.ts";
import { chainOf } from "./list.ts";

/** JSON of `pki list`. Schema: docs/schemas/list.schema.json. */
export function listJson({ stores, failures }: ListResult): Readonly<Record<string, unknown>> {
  return {
    stores: stores.map(storeJson),
    ...(failures.length === 0 ? {} : { errors: failures.map(errorJson) }),
  };
}

export function storeJson(opened: Opened): Readonly<Record<string, unknown>> {
  const { path, container, store } = opened;
  const { passwordExpires } = container;
  return {
    path,
    format: container.format,
    version: container.version,
    integrity: container.integrity,
    protection: container.protection,
    ...(container.iterations === undefined ? {} : { iterations: container.iterations }),
    ...(passwordExpires === undefined ? {} : { passwordExpires: isoTime(passwordExpires) }),
    entries: shownEntries(opened).map((entry) => entryJson(entry, store.defaultLabel)),
  };
}

export function entryJson(
  entry: Entry,
  defaultLabel: string | undefined,
): Readonly<Record<string, unknown>> {
  return {
    label: entry.label,
    kind: entry.kind,
    default: entry.kind === "key" && entry.label === defaultLabel,
    created: entry.created === undefined ? null : isoTime(entry.created),
    ...(entry.kind === "trusted" && !entry.enabled ? { enabled: false } : {}),
    ...(entry.kind === "secret" ? { algorithm: entry.algorithm } : {}),
    chain: chainOf(entry).map(certificateJson),
  };
}
