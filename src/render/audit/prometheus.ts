import type { CertificateRecord } from "../../audit/inventory-view.ts";
import type { AuditReport } from "../../audit/report.ts";
import { parseName } from "../../x509/name.ts";
import { clip, toolVersion } from "./words.ts";

type Labels = Readonly<Record<string, string>>;

/** The attributes that x509-certificate-exporter makes labels of, by OID. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "2.5.4.6": "C",
  "2.5.4.8": "ST",
  "2.5.4.7": "L",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.3": "CN",
};
const LONGEST = 500;

/**
 * `--format prometheus`: the text format for a textfile collector, without times of its own.
 *
 * Certificates have the metric names and labels of x509-certificate-exporter, so its dashboards and alerts work;
 * what only an audit knows is under `pki_`.
 */
export function* prometheusReport(report: AuditReport): Iterable<string> {
  yield* certificateMetrics(report);
  const files = report.stores.map(({ path }) => fileLabels(path));
  yield* family("x509_cert_error", "whether the file could not be opened", function* () {
    for (let i = 0; i < files.length; i++) {
      yield sample(
        "x509_cert_error",
        files[i] as Labels,
        report.stores[i]?.opened === true ? 0 : 1,
      );
    }
  });
  yield* family("pki_store_entries", "entries of a store", function* () {
    for (const { path, format, opened, entries } of report.stores) {
      if (!opened) continue;
      const labels = { ...fileLabels(path), store_format: format ?? "" };
      yield sample("pki_store_entries", labels, entries ?? 0);
    }
  });
  yield* family("pki_store_refused", "a file that could not be opened, by reason", function* () {
    for (const { path, format, opened, code } of report.stores) {
      if (opened) continue;
      const labels = { ...fileLabels(path), store_format: format ?? "", code: code ?? "" };
      yield sample("pki_store_refused", labels, 1);
    }
  });
  yield* family("pki_finding", "a fault, at its first place", function* () {
    for (const { finding } of report.findings) {
      const [{ path, label }] = finding.places;
      yield sample(
        "pki_finding",
        {
          rule: finding.rule,
          severity: finding.severity,
          ...fileLabels(path),
          label: label ?? "",
          fingerprint: finding.fingerprint.slice(0, 16),
        },
        finding.places.length,
      );
    }
  });
  yield* family("pki_findings", "faults by severity", function* () {
    for (const severity of ["error", "warning", "notice"] as const) {
      yield sample("pki_findings", { severity }, report.summary[severity]);
    }
  });
  yield* family("pki_audit_files", "files looked at", function* () {
    yield sample("pki_audit_files", {}, report.summary.files);
  });
  yield* family("pki_audit_last_success_timestamp_seconds", "the moment judged by", function* () {
    yield sample("pki_audit_last_success_timestamp_seconds", {}, seconds(report.at.getTime()));
  });
  yield* family("pki_build_info", "version of pki", function* () {
    yield sample("pki_build_info", { version: toolVersion }, 1);
  });
}

/** Little of each: there is one for every certificate in every file. */
interface Series {
  readonly text: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

function* certificateMetrics({ inventory, at }: AuditReport): Iterable<string> {
  const series = seriesOf(inventory.certificates.values());
  const now = at.getTime();
  const metrics: readonly [string, string, (one: Series) => number][] = [
    ["x509_cert_not_before", "begin of validity, seconds since 1970", (c) => seconds(c.notBefore)],
    ["x509_cert_not_after", "end of validity, seconds since 1970", (c) => seconds(c.notAfter)],
    ["x509_cert_expired", "whether validity has ended", (c) => (c.notAfter < now ? 1 : 0)],
  ];
  for (const [name, help, value] of metrics) {
    yield* family(name, help, function* () {
      for (const one of series) yield line(name, one.text, value(one));
    });
  }
}

/** One series for a certificate in a file; a `discriminator` tells different ones with the same labels apart. */
function seriesOf(records: Iterable<CertificateRecord>): Iterable<Series> {
  const series = new Map<string, Series>();
  for (const record of records) {
    const named = {
      ...nameLabels("issuer", record.issuer),
      serial_number: decimal(record.serial),
      ...nameLabels("subject", record.subject),
    };
    for (const path of new Set(record.standings.map(({ store }) => store.path))) {
      const labels = { ...fileLabels(path), ...named };
      const key = labelText(labels);
      const discriminator = record.sha256.slice(0, 16);
      const text = series.has(key) ? labelText({ ...labels, discriminator }) : key;
      const [notBefore, notAfter] = [record.notBefore.getTime(), record.notAfter.getTime()];
      series.set(text, { text, notBefore, notAfter });
    }
  }
  return { [Symbol.iterator]: () => series.values() };
}

function nameLabels(side: string, name: string): Labels {
  const labels: Record<string, string> = {};
  try {
    for (const { type, value } of parseName(name).rdns.flat()) {
      const attribute = ATTRIBUTES[type];
      if (attribute !== undefined) labels[`${side}_${attribute}`] = value;
    }
  } catch {
    labels[`${side}_CN`] = name; // printed from an odd certificate: told whole
  }
  return labels;
}

function fileLabels(path: string): Labels {
  return { filename: path.slice(path.lastIndexOf("/") + 1), filepath: path };
}

function* family(name: string, help: string, samples: () => Iterable<string>): Iterable<string> {
  let head = `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
  for (const line of samples()) {
    yield head + line;
    head = "";
  }
}

function sample(name: string, labels: Labels, value: number): string {
  return line(name, labelText(labels), value);
}

function line(name: string, text: string, value: number): string {
  return `${name}${text === "" ? "" : `{${text}}`} ${value}\n`;
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(clip(value, LONGEST))}"`)
    .join(",");
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
}

/** @param time - milliseconds */
function seconds(time: number): number {
  return Math.floor(time / 1000);
}

/** Serial numbers are hex here and decimal in that exporter. */
function decimal(serial: string): string {
  const negative = serial.startsWith("-");
  const digits = negative ? serial.slice(1) : serial;
  if (!/^[0-9a-f]{1,512}$/.test(digits)) return serial;
  return `${negative ? "-" : ""}${BigInt(`0x${digits}`)}`;
}
