import { parseXml } from "./xml.ts";

/** One finding as `--format json` has it. */
export interface JsonFinding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "notice";
  readonly fingerprint: string;
  readonly places: readonly { readonly path: string; readonly label?: string }[];
}

export interface JsonReport {
  readonly summary: Readonly<Record<string, number>>;
  readonly stores: readonly {
    readonly path: string;
    readonly opened: boolean;
    readonly code?: string;
  }[];
  readonly findings: readonly JsonFinding[];
  readonly failures?: readonly object[];
}

/** What a format shows of each finding, and what it must show by the JSON of the same audit; both in any order. */
interface Reading {
  shown(text: string): readonly string[];
  expected(report: JsonReport): readonly string[];
}

const first = ({ places: [place] }: JsonFinding) => place ?? { path: "" };
const ofEach = (one: (finding: JsonFinding) => string) => (report: JsonReport) =>
  report.findings.map(one);
const whole = ({ rule, fingerprint, places }: JsonFinding) =>
  JSON.stringify([rule, fingerprint, places.map(({ path, label }) => [path, label])]);
const perPlace =
  (one: (finding: JsonFinding, path: string, label: string) => string) => (report: JsonReport) =>
    report.findings.flatMap((finding) =>
      finding.places.map(({ path, label = "" }) => one(finding, path, label)),
    );
/** Of each severity the first ten are annotated; one notice is the summary. */
const annotated = ({ findings }: JsonReport) =>
  (["error", "warning", "notice"] as const).flatMap((severity) =>
    findings.filter((one) => one.severity === severity).slice(0, severity === "notice" ? 9 : 10),
  );
const matches = (text: string, pattern: RegExp, print: (groups: readonly string[]) => string) =>
  [...text.matchAll(pattern)].map((match) => print(match.slice(1)));

/** How each output format is read back; CycloneDX has no findings, so its certificates are counted. */
export const readings: Readonly<Record<string, Reading>> = {
  json: {
    shown: (text) => (JSON.parse(text) as JsonReport).findings.map(whole),
    expected: ofEach(whole),
  },
  ndjson: {
    shown: (text) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as JsonFinding & { type: string })
        .filter(({ type }) => type === "finding")
        .map(whole),
    expected: ofEach(whole),
  },
  sarif: {
    shown: (text) =>
      (JSON.parse(text) as Sarif).runs[0].results.map((result) =>
        JSON.stringify([
          result.ruleId,
          result.partialFingerprints.primaryLocationLineHash,
          result.locations.map((one) => one.logicalLocations[0].fullyQualifiedName),
        ]),
      ),
    expected: ofEach(({ rule, fingerprint, places }) => {
      const named = places.map(({ path, label }) =>
        label === undefined ? path : `${path}!/${label}`,
      );
      return JSON.stringify([rule, fingerprint, named.slice(0, 100)]);
    }),
  },
  junit: {
    shown: (text) =>
      parseXml(text).children.flatMap(({ children }) =>
        children
          .filter(({ name }) => name === "testcase")
          .map(({ attributes }) => `${attributes.name} in ${attributes.classname}`)
          .filter((name) => !/^(no findings|opens) in /.test(name)),
      ),
    expected: perPlace(({ rule }, path, label) =>
      label === "" ? `${rule} in ${path}` : `${rule}: ${label} in ${path}`,
    ),
  },
  github: {
    shown: (text) =>
      matches(
        text,
        /^::(error|warning|notice) file=tree\/([^,]*),line=1,title=([^:]*)::/gm,
        ([severity, file = "", rule]) => `${severity} ${rule} ${decodeURIComponent(file)}`,
      ),
    expected: (report) =>
      annotated(report).map((one) => `${one.severity} ${one.rule} ${first(one).path}`),
  },
  gitlab: {
    shown: (text) =>
      (JSON.parse(text) as readonly GitlabIssue[]).map(
        (one) => `${one.check_name} ${one.fingerprint} ${one.location.path}`,
      ),
    expected: ofEach((one) => `${one.rule} ${one.fingerprint} tree/${first(one).path}`),
  },
  prometheus: {
    shown: (text) =>
      matches(
        text,
        /^pki_finding\{rule="([^"]*)",.*fingerprint="([0-9a-f]{16})"\} (\d+)$/gm,
        (groups) => groups.join(" "),
      ),
    expected: ofEach(
      ({ rule, fingerprint, places }) => `${rule} ${fingerprint.slice(0, 16)} ${places.length}`,
    ),
  },
  csv: {
    shown: (text) =>
      text
        .trimEnd()
        .split("\r\n")
        .slice(1)
        .map((line) => line.slice(1, -1).split('","'))
        .map((cells) => `${cells[1]} ${cells[8]} ${cells[2]} ${cells[3]}`),
    expected: perPlace(({ rule, fingerprint }, path, label) =>
      [rule, fingerprint, path, label].join(" "),
    ),
  },
  markdown: {
    shown: (text) =>
      matches(text, /^\| (error|warning|notice) \| ([a-z0-9-]+) \| /gm, (groups) =>
        groups.join(" "),
      ),
    expected: ({ findings }) =>
      findings.slice(0, 300).map(({ severity, rule }) => `${severity} ${rule}`),
  },
  html: {
    shown: (text) =>
      matches(
        text,
        /<tr data-severity="([a-z]+)">.*?<\/td><td>([a-z0-9-]+)<\/td><td class="where">([^<]*)</g,
        (groups) => groups.join(" "),
      ),
    expected: ofEach((one) => `${one.severity} ${one.rule} ${first(one).path}`),
  },
  human: {
    shown: (text) =>
      matches(text, /^ {2}(error|warning|notice) +([a-z0-9-]+)(?::|$)/gm, (groups) =>
        groups.join(" "),
      ),
    expected: ofEach(({ severity, rule }) => `${severity} ${rule}`),
  },
  cyclonedx: {
    shown: (text) => [`${[...text.matchAll(/"assetType":"certificate"/g)].length} certificates`],
    expected: ({ summary }) => [`${summary.certificates} certificates`],
  },
};

interface Sarif {
  readonly runs: readonly [
    {
      readonly results: readonly {
        readonly ruleId: string;
        readonly partialFingerprints: { readonly primaryLocationLineHash: string };
        readonly locations: readonly {
          readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string }];
        }[];
      }[];
    },
  ];
}

interface GitlabIssue {
  readonly check_name: string;
  readonly fingerprint: string;
  readonly location: { readonly path: string };
}
