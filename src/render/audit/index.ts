import type { AuditReport } from "../../audit/report.ts";

/** What a renderer may know of the place its text is shown in; only `human` asks. */
export interface AuditView {
  /** Width to fit; undefined where the output is no terminal and lines are not cut. */
  readonly columns: number | undefined;
  /** Escape sequences for colours may be used. */
  readonly colour: boolean;
}

/** A report as text, in one piece or in chunks. Ends with a line feed where there is any. */
export type AuditRenderer = (report: AuditReport, view: AuditView) => string | Iterable<string>;

/** An output format and how to get its renderer: loaded when asked for. */
export interface AuditFormat {
  /** What `--format` takes. */
  readonly id: string;
  readonly contentType: string;
  /** One line for the help. */
  readonly title: string;
  load(): Promise<AuditRenderer>;
}

/** Every output format, in the order the help shows them. The first is the default. docs/audit-outputs.md says more. */
export const auditFormats: readonly AuditFormat[] = [
  {
    id: "human",
    contentType: "text/plain; charset=utf-8",
    title: "for reading: grouped by store, worst first",
    load: async () => (await import("./human.ts")).humanReport,
  },
  {
    id: "json",
    contentType: "application/json",
    title: "one object; docs/schemas/audit.schema.json",
    load: async () => (await import("./json.ts")).jsonReport,
  },
  {
    id: "ndjson",
    contentType: "application/x-ndjson",
    title: "one object a line: stores, findings, then the summary",
    load: async () => (await import("./json.ts")).ndjsonReport,
  },
  {
    id: "sarif",
    contentType: "application/sarif+json",
    title: "SARIF 2.1.0, as GitHub code scanning takes it",
    load: async () => (await import("./sarif.ts")).sarifReport,
  },
  {
    id: "junit",
    contentType: "application/xml",
    title: "JUnit XML, as Jenkins, GitLab and Azure take it",
    load: async () => (await import("./junit.ts")).junitReport,
  },
  {
    id: "github",
    contentType: "text/plain; charset=utf-8",
    title: "annotations of a GitHub workflow",
    load: async () => (await import("./github.ts")).githubReport,
  },
  {
    id: "markdown",
    contentType: "text/markdown; charset=utf-8",
    title: "a table, for a job's summary",
    load: async () => (await import("./markdown.ts")).markdownReport,
  },
  {
    id: "gitlab",
    contentType: "application/json",
    title: "GitLab Code Quality",
    load: async () => (await import("./gitlab.ts")).gitlabReport,
  },
  {
    id: "prometheus",
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    title: "metrics for a textfile collector",
    load: async () => (await import("./prometheus.ts")).prometheusReport,
  },
  {
    id: "csv",
    contentType: "text/csv; charset=utf-8",
    title: "one line for each finding and place",
    load: async () => (await import("./csv.ts")).csvReport,
  },
  {
    id: "cyclonedx",
    contentType: "application/vnd.cyclonedx+json; version=1.7",
    title: "CycloneDX 1.7: the cryptographic bill of materials",
    load: async () => (await import("./cyclonedx.ts")).cyclonedxReport,
  },
  {
    id: "html",
    contentType: "text/html; charset=utf-8",
    title: "one page for a browser: expiry, trust, findings",
    load: async () => (await import("./html.ts")).htmlReport,
  },
];
