import type { ExchangeResult, PartyResult, SignerResult } from "../app/exchange/exchange.ts";
import { printSteps } from "../app/exchange/explain-steps.ts";
import type { Proof } from "../app/exchange/handshake.ts";
import { printName } from "../x509/name.ts";
import { certificateJson } from "./certificate-json.ts";
import { isoTime } from "./json.ts";
import { safe } from "./safe.ts";

export interface ExchangeView {
  /** Show the steps as commands of other tools. */
  readonly explain: boolean;
  /** Nothing was written. */
  readonly dryRun: boolean;
}

/** What `pki exchange` prints: who now trusts whom, the proof, and what to type next. */
export function exchangeText(result: ExchangeResult, { explain, dryRun }: ExchangeView): string {
  const lines: string[] = [];
  for (const party of result.parties) lines.push(...partyLines(party, dryRun));
  if (!result.changed) lines.push("nothing to do");
  if (result.proof !== undefined) lines.push("", ...proofLines(result.proof));
  if (explain) lines.push("", ...explainLines(result));
  const next = result.changed && !dryRun ? nextLines(result) : [];
  if (next.length > 0) lines.push("", ...next);
  return `${lines.join("\n")}\n`;
}

function partyLines(party: PartyResult, dryRun: boolean): readonly string[] {
  const lines: string[] = [];
  const path = safe(party.path);
  const { made, certificate } = party;
  if (made !== undefined && certificate !== undefined) {
    const subject = safe(printName(certificate.subject));
    const until = isoTime(certificate.notAfter).slice(0, 10);
    lines.push(
      `${path} ${dryRun ? "would be" : "is"} new: ${party.title}, "${subject}" as "${safe(party.label ?? "")}", ${made.ca === undefined ? "self-signed" : `issued by "${safe(made.ca)}"`}, until ${until}`,
    );
    if (made.passwordKept !== undefined) {
      lines.push(
        `  its password ${dryRun ? "would be" : "is"} a generated one, in ${safe(made.passwordKept)} (mode 0600)`,
      );
    }
    lines.push(`  for others who shall trust it: ${safe(made.armour)}`);
  }
  for (const signer of party.signers) lines.push(signerLine(path, party.name, signer, dryRun));
  return lines;
}

function signerLine(path: string, name: string, signer: SignerResult, dryRun: boolean): string {
  const subject = `"${safe(signer.subject)}"`;
  const label = `"${safe(signer.label)}"`;
  if (signer.state === "present") return `${path} already trusts ${subject} as ${label}`;
  if (signer.state === "switched-off") {
    return `${path} has ${subject} as ${label}, with its trust switched off`;
  }
  const taken =
    signer.insteadOf === undefined
      ? ""
      : ` ("${safe(signer.insteadOf)}" belongs to another certificate)`;
  const own = signer.from === name;
  const verb = dryRun
    ? own
      ? "would hold its own CA"
      : "would trust"
    : own
      ? "now holds its own CA"
      : "now trusts";
  return `${path} ${verb} ${subject} as ${label}${taken}`;
}

function proofLines(proof: Proof): readonly string[] {
  const lines: string[] = [];
  for (const pair of proof.pairs) {
    const roles = `${safe(pair.client)} connects to ${safe(pair.server)}`;
    if (pair.result === "not-tried") {
      lines.push(`not tried: ${roles}: ${safe(pair.reason ?? "")}`);
      continue;
    }
    const both =
      pair.clientSubject === undefined ? "the server is accepted" : "both accept each other";
    const dates = pair.datesIgnored === true ? ", dates ignored" : "";
    lines.push(`proved: ${roles}: ${pair.protocol}, ${pair.cipher}, ${both}${dates}`);
  }
  const nobody = proof.refusals.filter(({ stranger }) => stranger === "no-certificate").length;
  const strangers = proof.refusals.length - nobody;
  lines.push(
    `proved: ${strangers} handshakes with strangers under the same names were refused${nobody === 0 ? "" : `, and ${nobody} without a client certificate`}`,
  );
  const names = proof.hostNames.map(
    (one) =>
      `${safe(one.party)}: ${one.names.length === 0 ? "none" : one.names.map(safe).join(", ")}`,
  );
  if (names.length > 0) {
    lines.push(`not compared: host names (in the certificates: ${names.join("; ")})`);
  }
  return lines;
}

function explainLines(result: ExchangeResult): readonly string[] {
  if (result.steps.length === 0) return ["the same by hand: nothing to do"];
  const script = printSteps(result.steps).trimEnd().split("\n");
  return ["the same by hand:", ...script.map((line) => `  ${safe(line)}`)];
}

function nextLines(result: ExchangeResult): readonly string[] {
  const lines = result.parties.map(({ path, passwordFile }) => {
    const password =
      passwordFile === undefined ? "" : ` --password ${word(`file:${passwordFile}`)}`;
    return `  pki list ${word(path)}${password}`;
  });
  return ["next:", ...lines];
}

/** One word for a shell, harmless on a terminal. */
function word(text: string): string {
  const clean = safe(text);
  return /^[\w./:=@%+-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`;
}

/** What `--json` shows. */
export function exchangeJson(result: ExchangeResult): Readonly<Record<string, unknown>> {
  const { oneWay, changed, proof, steps } = result;
  return {
    changed,
    oneWay,
    parties: result.parties.map(partyJson),
    ...(proof === undefined ? {} : { proof }),
    ...(steps.length === 0 ? {} : { steps }),
  };
}

function partyJson(party: PartyResult): Readonly<Record<string, unknown>> {
  const { name, path, format, changed, label, certificate, signers, made, passwordFile } = party;
  return {
    name,
    path,
    format,
    changed,
    ...(certificate === undefined
      ? {}
      : { personal: { label, certificate: certificateJson(certificate) } }),
    signers,
    ...(made === undefined ? {} : { made }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}
