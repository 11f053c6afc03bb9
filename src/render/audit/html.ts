import type { Described } from "../../audit/describe.ts";
import type { CertificateRecord } from "../../audit/inventory-view.ts";
import type { AuditReport, StoreSummary } from "../../audit/report.ts";
import { daysBetween } from "../../audit/time.ts";
import { digest } from "../../crypto/digest.ts";
import type { Place } from "../../model/finding.ts";
import { SEVERITIES } from "../../model/finding.ts";
import { isoTime } from "../json.ts";
import { graphSvg } from "./page/graph.ts";
import { html, type Markup, trusted } from "./page/markup.ts";
import { script } from "./page/script.ts";
import { style } from "./page/style.ts";
import { expiryBuckets, timelineSvg } from "./page/timeline.ts";
import { type TrustGraph, trustGraph } from "./page/trust.ts";
import { counted, toolVersion } from "./words.ts";

/** A browser sorts and filters this many rows without a pause. */
const SHOWN = 5000;
const SHOWN_PLACES = 20;
const NEXT = 20;
const SHOWN_OTHERS = 5;
const SHOWN_LINES = 10;
const LISTED = 500;

/**
 * `--format html`: the whole audit as one page that needs nothing but itself: no network, no other file.
 *
 * Values reach it only through `html` (page/markup.ts), which escapes them; its policy lets no script and no
 * style run but the two of this program, by their digests.
 */
export function* htmlReport(report: AuditReport): Iterable<string> {
  yield String(head(report));
  yield String(summary(report));
  yield String(expiry(report));
  yield String(trust(trustGraph(report.inventory, report.at)));
  yield* findings(report);
  yield* stores(report);
  yield String(
    html`</main><footer>Made by pki ${toolVersion}. Judged as of ${isoTime(report.at)}, profiles: ${report.profiles.join(", ")}. This page loads nothing from anywhere.</footer>
<script>${trusted(script)}</script></body></html>
`,
  );
}

function head({ root, at }: AuditReport): Markup {
  const title = root === "." ? "Keystore audit" : `Keystore audit of ${root}`;
  const policy = `default-src 'none'; style-src '${sourceHash(style)}'; script-src '${sourceHash(script)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style></head>
<body><a class="skip" href="#findings">Skip to the findings</a>
<header><h1>${title}</h1>
<p class="soft">as of ${isoTime(at).replace("T", " ").replace("Z", " UTC")}</p>
<nav aria-label="Sections"><ul><li><a href="#expiry">Expiry</a></li><li><a href="#trust">Trust</a></li><li><a href="#findings">Findings</a></li><li><a href="#stores">Stores</a></li></ul></nav></header>
<main>
`;
}

function summary(report: AuditReport): Markup {
  const { files, stores: opened, certificates, refused, error, warning, notice } = report.summary;
  const card = (count: number, name: string, kind = "") =>
    html`<li class="${kind}"><b>${count}</b>${name}</li>`;
  const suppressed = report.suppressed.length;
  return html`<ul class="cards" aria-label="Summary">
${card(error, error === 1 ? "error" : "errors", error > 0 ? "error" : "")}
${card(warning, warning === 1 ? "warning" : "warnings", warning > 0 ? "warning" : "")}
${card(notice, notice === 1 ? "notice" : "notices", notice > 0 ? "notice" : "")}
${card(certificates, "certificates")}
${card(opened, "stores opened")}
${card(refused, "not opened", refused > 0 ? "warning" : "")}
${card(files, "files looked at")}
</ul>
${suppressed === 0 ? undefined : html`<p class="soft">${counted(suppressed, "finding")} ignored or in the baseline, and not shown.</p>`}
`;
}

/** Those that end next, without keeping all of them. */
function soonest(records: Iterable<CertificateRecord>, at: Date): readonly CertificateRecord[] {
  let coming: CertificateRecord[] = [];
  const cut = () => {
    coming = coming.sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime()).slice(0, NEXT);
  };
  for (const record of records) {
    if (record.notAfter < at) continue;
    coming.push(record);
    if (coming.length >= 100 * NEXT) cut();
  }
  cut();
  return coming;
}

function expiry({ inventory, at }: AuditReport): Markup {
  const { certificates } = inventory;
  const coming = soonest(certificates.values(), at);
  const rows = coming.map(({ subject, notAfter, standings, sha256 }) => {
    const [first] = standings;
    const more = standings.length - 1;
    return html`<tr><td class="day">${isoTime(notAfter).slice(0, 10)}</td><td class="number">${daysBetween(at, notAfter)}</td><td>${subject === "" ? sha256 : subject}</td><td class="where">${first?.store.path} ${first === undefined ? "" : `(${first.label})`}${more > 0 ? ` and ${more} more` : ""}</td></tr>
`;
  });
  return html`<section aria-labelledby="expiry"><h2 id="expiry">When certificates end</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Expiry timeline">${timelineSvg(expiryBuckets(certificates.values(), at))}</div>
${
  rows.length === 0
    ? undefined
    : html`<h3>Next to expire</h3><div class="scroll" tabindex="0" role="region" aria-label="Next to expire"><table data-sort><thead><tr><th scope="col">Ends</th><th scope="col">Days</th><th scope="col">Certificate</th><th scope="col">Where</th></tr></thead><tbody>
${rows}</tbody></table></div>`
}</section>
`;
}

function trust(graph: TrustGraph): Markup {
  if (graph.nodes.length === 0) {
    return html`<section aria-labelledby="trust"><h2 id="trust">Who trusts whom</h2><p>No store holds a key or trusts a certificate.</p></section>
`;
  }
  const sample = (kind: string) =>
    html`<svg width="34" height="10" aria-hidden="true"><path class="edge ${kind}" d="M0 5H34"/></svg>`;
  return html`<section aria-labelledby="trust"><h2 id="trust">Who trusts whom</h2>
<ul class="key"><li>${sample("issued")}issued by</li><li>${sample("trusts")}trusted by</li><li>${sample("one-way")}trusted one way only</li><li>${sample("broken")}broken: expired or missing</li></ul>
<div class="scroll" tabindex="0" role="region" aria-label="Trust graph">${graphSvg(graph)}</div>
${graph.hidden === 0 ? undefined : html`<p class="soft">${counted(graph.hidden, "store")} more would not fit the drawing; the tables have all.</p>`}
${graph.broken.length === 0 ? undefined : html`<h3>Broken</h3>${longList(graph.broken.map(({ where, what }) => html`<li>${where}: ${what}</li>`))}`}
${
  graph.oneWay.length === 0
    ? undefined
    : html`<h3>One-way trust</h3><p class="soft">A handshake with certificates on both sides fails between these.</p>${longList(oneWayLines(graph))}`
}</section>
`;
}

/** One line for each store and certificate that it trusts others by. */
function oneWayLines({ oneWay }: TrustGraph): readonly Markup[] {
  const groups = new Map<string, TrustGraph["oneWay"][number][]>();
  for (const one of oneWay) {
    const key = `${one.truster}\u0000${one.via}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].map((group) => {
    const [{ truster, via }] = group as [TrustGraph["oneWay"][number]];
    const others = group.slice(0, SHOWN_OTHERS).map(({ trusted: other }) => other);
    const more = group.length - others.length;
    const named = others.join(", ") + (more > 0 ? ` and ${more} more` : "");
    return html`<li>${truster} trusts ${named} (by ${via}), and is not trusted back</li>`;
  });
}

/** The first of a list, the others behind a click. */
function longList(items: readonly Markup[]): Markup {
  const rest = items.slice(SHOWN_LINES, LISTED);
  const untold = items.length - LISTED;
  return html`<ul>${items.slice(0, SHOWN_LINES)}</ul>${
    rest.length === 0
      ? undefined
      : html`<details><summary>${counted(rest.length, "more line")}</summary><ul>${rest}</ul>${untold > 0 ? html`<p>and ${untold} that are not listed</p>` : undefined}</details>`
  }`;
}

function* findings(report: AuditReport): Iterable<string> {
  yield '<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>\n';
  if (report.findings.length === 0) {
    yield "<p>Nothing was found.</p></section>\n";
    return;
  }
  const boxes = SEVERITIES.map(
    (severity) =>
      html`<label><input type="checkbox" value="${severity}" checked> ${severity}</label>`,
  );
  const left = report.findings.length - SHOWN;
  yield String(html`<form id="filter" class="filter" hidden role="search"><label>Filter <input type="search" id="filter-text" autocomplete="off" placeholder="rule, store, label, name"></label>
<fieldset><legend>Severity</legend>${boxes}</fieldset><span id="filter-shown" role="status"></span></form>
${left > 0 ? html`<p>The worst ${SHOWN} of ${report.findings.length}; JSON and CSV have all.</p>` : undefined}
<div class="scroll findings" tabindex="0" role="region" aria-label="Findings"><table id="findings-table" data-sort><thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col">Where</th><th scope="col">What is wrong and how to fix it</th></tr></thead><tbody>
`);
  for (const described of report.findings.slice(0, SHOWN)) yield String(findingRow(described));
  yield "</tbody></table></div></section>\n";
}

function findingRow({ finding, message, fix, cites }: Described): Markup {
  const { severity, rule, places } = finding;
  const [first, ...others] = places;
  const untold = others.length - SHOWN_PLACES;
  return html`<tr data-severity="${severity}"><td data-key="${SEVERITIES.indexOf(severity)}"><span class="severity ${severity}">${severity}</span></td><td>${rule}</td><td class="where">${placeMarkup(first)}${
    others.length === 0
      ? undefined
      : html`<details><summary>and ${counted(others.length, "more place")}</summary><ul>${others.slice(0, SHOWN_PLACES).map((place) => html`<li>${placeMarkup(place)}</li>`)}${untold > 0 ? html`<li>${untold} more</li>` : undefined}</ul></details>`
  }</td><td>${message}<p class="fix"><b>Fix:</b> ${fix}</p><details><summary>Sources</summary><ul>${cites.map((cite) => html`<li>${cite}</li>`)}</ul></details></td></tr>
`;
}

function placeMarkup({ path, label }: Place): Markup {
  return html`${path}${label === undefined ? undefined : html`<br><span class="soft">${label}</span>`}`;
}

function* stores({ stores: all, findings: found }: AuditReport): Iterable<string> {
  const counts = new Map<string, number>();
  for (const { finding } of found) {
    for (const path of new Set(finding.places.map((place) => place.path))) {
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  yield `<section aria-labelledby="stores"><h2 id="stores">Stores</h2><div class="scroll" tabindex="0" role="region" aria-label="Stores"><table data-sort><thead><tr><th scope="col">Path</th><th scope="col">Format</th><th scope="col">State</th><th scope="col">Protection</th><th scope="col">Entries</th><th scope="col">Findings</th></tr></thead><tbody>\n`;
  for (const store of all.slice(0, SHOWN))
    yield String(storeRow(store, counts.get(store.path) ?? 0));
  yield "</tbody></table></div>\n";
  if (all.length > SHOWN)
    yield `<p>${counted(all.length - SHOWN, "store")} more; JSON has all.</p>\n`;
  yield "</section>\n";
}

const INTEGRITY: Readonly<Record<string, string>> = {
  verified: "opened, integrity verified",
  "not-checked": "opened, integrity not checked",
  absent: "opened, has no integrity value",
  none: "opened",
};

function storeRow(store: StoreSummary, count: number): Markup {
  const state = store.opened
    ? (INTEGRITY[store.integrity ?? "none"] ?? "opened")
    : `not opened: ${store.message ?? ""} (${store.code ?? ""})`;
  const protection = store.protection ?? "";
  return html`<tr><td class="where">${store.path}</td><td>${store.format ?? "unknown"} ${store.version ?? ""}</td><td>${state}</td><td>${protection}</td><td class="number">${store.entries}</td><td class="number">${count}</td></tr>
`;
}

/** What a policy calls an inline style or script by: `sha256-…` of exactly its text. */
function sourceHash(text: string): string {
  const bytes = digest("sha256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}
