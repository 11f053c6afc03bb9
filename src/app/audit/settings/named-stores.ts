import { basename } from "node:path";
import type { ConfiguredLabel } from "../../../model/inventory.ts";
import { lineSettings } from "./lines.ts";
import { MAX_LINE } from "./setting.ts";
import { xmlSettings } from "./xml.ts";

/** What a configuration file says about a key database, before anybody looked for it. */
export interface NamedStore {
  readonly setting: string;
  readonly line: number;
  readonly named: string;
  /** Where names that are not absolute begin; absent where that cannot be known. */
  readonly root?: string;
  readonly labels: readonly ConfiguredLabel[];
  readonly clientAuth?: string;
}

const MOST = 100;

/**
 * The key databases that a file of IBM HTTP Server (`httpd.conf`), of the WebSphere plug-in (`plugin-cfg.xml`), of an
 * MQ client (`mqclient.ini`) or an MQSC script names. Names with variables in them are left out.
 */
export function storesNamedIn(path: string, text: string): readonly NamedStore[] {
  const name = basename(path).toLowerCase();
  const found = /^httpd.*\.conf$/.test(name)
    ? httpd(text)
    : name === "plugin-cfg.xml"
      ? plugin(text)
      : name === "mqclient.ini"
        ? client(text)
        : name.endsWith(".mqsc")
          ? mqsc(text)
          : [];
  return found.filter(({ named }) => !/[$%@]|^\s*$/.test(named)).slice(0, MOST);
}

interface Directive {
  readonly word: string;
  readonly value: string;
  readonly line: number;
}

/** One server: the main one, or a virtual host. */
interface Server {
  keyFile?: Directive;
  label?: Directive;
  clientAuth?: Directive;
  enabled: boolean;
}

/** `KeyFile`, `SSLServerCert` and `SSLClientAuth`; a virtual host has those of the main server where it has none. */
function httpd(text: string): readonly NamedStore[] {
  const main: Server = { enabled: false };
  const hosts: Server[] = [];
  let server = main;
  let root: string | undefined;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.length > MAX_LINE) continue;
    const [, word = "", rest = ""] = /^\s*(<?\/?[a-z]\w*)\s*(.*?)\s*>?\s*$/i.exec(line) ?? [];
    const directive = { word, value: unquoted(rest), line: i + 1 };
    switch (word.toLowerCase()) {
      case "<virtualhost":
        server = { enabled: false };
        hosts.push(server);
        break;
      case "</virtualhost":
        server = main;
        break;
      case "serverroot":
        root = directive.value;
        break;
      case "keyfile":
        // `KeyFile /prompt file`; with `/saf` it is a key ring of z/OS.
        if (!/^\/saf\b/i.test(rest)) {
          server.keyFile = { ...directive, value: unquoted(rest.replace(/^\/prompt\s+/i, "")) };
        }
        break;
      case "sslservercert":
        server.label = directive;
        break;
      case "sslclientauth":
        server.clientAuth = directive;
        break;
      case "sslenable":
        server.enabled = true;
        break;
    }
  }
  return [main, ...hosts].flatMap((one) => {
    const keyFile =
      one.keyFile ?? (one.enabled || one.label !== undefined ? main.keyFile : undefined);
    if (keyFile === undefined) return [];
    const label = one.label ?? main.label;
    const required = /^required/i.test((one.clientAuth ?? main.clientAuth)?.value ?? "");
    return [
      {
        setting: keyFile.word,
        line: keyFile.line,
        named: keyFile.value,
        ...(root === undefined ? {} : { root }),
        labels:
          label === undefined
            ? []
            : [{ setting: label.word, line: label.line, label: label.value }],
        ...(required ? { clientAuth: "SSLClientAuth required" } : {}),
      },
    ];
  });
}

/** `<Property Name="keyring" Value="…/plugin-key.kdb"/>`, and `certLabel` beside it. */
function plugin(text: string): readonly NamedStore[] {
  const found: (NamedStore & { labels: ConfiguredLabel[] })[] = [];
  for (const { name, value, line } of xmlSettings(text)) {
    if (/^keyring$/i.test(name)) found.push({ setting: name, line, named: value, labels: [] });
    const last = found.at(-1);
    if (/^certlabel$/i.test(name) && last !== undefined && value !== "") {
      last.labels.push({ setting: name, line, label: value });
    }
  }
  // One for each transport, and all the same mostly.
  const distinct = new Map(found.map((one) => [`${one.named}\u0000${one.labels[0]?.label}`, one]));
  return [...distinct.values()];
}

/** `SSLKeyRepository` and `CertificateLabel` of the stanza SSL. */
function client(text: string): readonly NamedStore[] {
  let repository: Omit<NamedStore, "labels"> | undefined;
  const labels: ConfiguredLabel[] = [];
  let stanza = "";
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    stanza = /^\s*([a-z]\w*)\s*:\s*$/i.exec(line)?.[1]?.toLowerCase() ?? stanza;
    const [, name = "", value = ""] = /^\s*([a-z]\w*)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (stanza !== "ssl") continue;
    if (/^SSLKeyRepository$/i.test(name)) {
      repository = { setting: name, line: i + 1, named: value };
    } else if (/^CertificateLabel$/i.test(name) && value !== "") {
      labels.push({ setting: name, line: i + 1, label: value });
    }
  }
  return repository === undefined ? [] : [{ ...repository, labels }];
}

/** `ALTER QMGR SSLKEYR('…') CERTLABL('…')` and channels with labels of their own. */
function mqsc(text: string): readonly NamedStore[] {
  let repository: Omit<NamedStore, "labels"> | undefined;
  let clientAuth: string | undefined;
  const labels: ConfiguredLabel[] = [];
  for (const { line, command } of mqscCommands(text)) {
    const settings = new Map(
      [...lineSettings(command)].map(({ name, value }) => [name.toUpperCase(), value.trim()]),
    );
    const label = settings.get("CERTLABL") ?? "";
    if (/^\s*(?:ALTER|ALT)\s+QMGR\b/i.test(command)) {
      const named = settings.get("SSLKEYR");
      if (named !== undefined) repository = { setting: "SSLKEYR", line, named };
    } else if (/^\s*(?:DEFINE|DEF|ALTER|ALT)\s+(?:CHANNEL|CHL)\b/i.test(command)) {
      // A receiving channel with TLS asks for a certificate unless it is told not to.
      const receives = /CHLTYPE\s*\(\s*(?:SVRCONN|RCVR|CLUSRCVR|RQSTR|SVR)\s*\)/i.test(command);
      const tls = (settings.get("SSLCIPH") ?? bare(command, "SSLCIPH")) !== "";
      if (receives && tls && /^REQUIRED$/i.test(bare(command, "SSLCAUTH"))) {
        clientAuth ??= "SSLCAUTH(REQUIRED)";
      }
      // A client's channel looks into the client's own key repository.
      if (/CHLTYPE\s*\(\s*CLNTCONN\s*\)/i.test(command)) continue;
    } else continue;
    if (label !== "") labels.push({ setting: "CERTLABL", line, label });
  }
  if (repository === undefined) return [];
  return [{ ...repository, labels, ...(clientAuth === undefined ? {} : { clientAuth }) }];
}

/** The value of an attribute that needs no quotes. */
const bare = (command: string, name: string): string =>
  new RegExp(`\\b${name}\\s*\\(\\s*([\\w.]*)\\s*\\)`, "i").exec(command)?.[1] ?? "";

/** Commands with the line that each begins in: `+` goes on with the next word, `-` with the next line's first column. */
function* mqscCommands(
  text: string,
): Generator<{ readonly line: number; readonly command: string }> {
  let begun: { readonly line: number; command: string } | undefined;
  for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (raw.length > MAX_LINE || /^\s*\*/.test(raw)) continue;
    const line = raw.trimEnd();
    const goesOn = /[+-]$/.test(line);
    const part = goesOn ? line.slice(0, -1) : line;
    begun ??= { line: i + 1, command: "" };
    if (begun.command.length <= MAX_LINE) begun.command += part;
    if (goesOn) continue;
    yield begun;
    begun = undefined;
  }
  if (begun !== undefined) yield begun;
}

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, "$2");
