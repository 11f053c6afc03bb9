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
  readonly id: string;
  /** One line for the help. */
  readonly title: string;
  load(): Promise<AuditRenderer>;
}

/** Every output format, in the order the help shows them. The first is the default. */
export const auditFormats: readonly AuditFormat[] = [
  {
    id: "human",
    title: "for reading: grouped by store, worst first",
    load: async () => (await import("./human.ts")).humanReport,
  },
  {
    id: "json",
    title: "one object; docs/schemas/audit.schema.json",
    load: async () => (await import("./json.ts")).jsonReport,
  },
];
