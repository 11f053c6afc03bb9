import { describe, expect, it } from "vitest";
import type { AuditReport } from "../../../../src/audit/report.ts";
import { auditFormats } from "../../../../src/render/audit/index.ts";
import { columnsOf } from "../../../../src/render/safe.ts";
import { described, inventoryOf, rendered, reportOf } from "../../../support/audit-report.ts";
import { HOSTILE_TEXT } from "../../../support/hostile-text.ts";
import { parseXml, type XmlElement } from "../../../support/xml.ts";

/** Where text from files comes into a report. */
const FIELDS = [
  "path",
  "label",
  "subject",
  "issuer",
  "message",
  "fix",
  "san",
  "refusal",
  "reason",
  "root",
  "failure",
] as const;
type Field = (typeof FIELDS)[number];

function reportWith(field: Field, text: string): AuditReport {
  const at = (name: Field, plain: string) => (name === field ? text : plain);
  const path = at("path", "conf/key.kdb");
  const label = at("label", "server");
  const finding = described("certificate-expired", "error", [{ path, label }], {
    message: at("message", "It expired."),
    fix: at("fix", "Renew it."),
    facts: { names: [at("san", "DNS:server.example")], count: 1 },
  });
  const report = reportOf({
    root: at("root", "."),
    findings: [finding, described("key-shared", "notice", [{ path, label }])],
    inventory: inventoryOf([
      {
        subject: at("subject", "CN=server"),
        issuer: at("issuer", "CN=issuer"),
        at: [[path, label, "personal"]],
      },
      { subject: at("issuer", "CN=issuer"), at: [[path, "root", "signer"]] },
    ]),
    refused: [
      {
        path: `${at("path", "old")}.bks`,
        format: "bks",
        opened: false,
        code: "format-unsupported",
        message: at("refusal", "is not read"),
      },
    ],
    suppressed: [{ described: finding, by: "ignore", reason: at("reason", "known") }],
  });
  const failure = at("failure", "it broke");
  return { ...report, failures: [{ rule: "key-shared", path: failure, message: failure }] };
}

/** What no output may hold in the raw: controls (but line ends), direction, invisible text, halves of characters. */
const RAW = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[^\P{Cc}\n\r]/u;

/** The shape of an output: what must not depend on the text in it. Throws where it is not well-formed. */
const SHAPES: Readonly<Record<string, (text: string) => unknown>> = {
  human: (text) => {
    const lines = text.split("\n");
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(80);
    return lines.filter((line) => /^ {2}(error|warning|notice) /.test(line)).length;
  },
  json: (text) => keysOf(JSON.parse(text)),
  ndjson: (text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => keysOf(JSON.parse(line))),
  sarif: (text) => keysOf(JSON.parse(text)),
  junit: (text) => {
    const names = (element: XmlElement): unknown => [
      element.name,
      Object.keys(element.attributes),
      element.children.map(names),
    ];
    return names(parseXml(text));
  },
  github: (text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => {
        const parts = /^::(error|warning|notice) (?:file=([^:,]*),line=1,)?title=[^:,]*::.*$/.exec(
          line,
        );
        expect(parts, line).not.toBeNull();
        return [parts?.[1], line.split("%0A").length];
      }),
  markdown: (text) => {
    // Entities, then the few elements of our own: nothing else may mean anything.
    const plain = text.replaceAll("<br>", "").replace(/&#\d+;/g, "x");
    expect(plain).not.toMatch(/[<>&`*_[\]@\\~:]|https?|www\./);
    return text.split("\n").map((line) => line.split("|").length);
  },
  gitlab: (text) => keysOf(JSON.parse(text)),
  prometheus: (text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => {
        if (/^# (HELP|TYPE) [a-z0-9_]+ [ -~]+$/.test(line)) return line;
        const sample =
          /^([a-z0-9_]+)(?:\{((?:[a-zA-Z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? -?\d+$/.exec(line);
        expect(sample, line).not.toBeNull();
        return sample?.[1];
      }),
  csv: (text) => {
    expect(text.endsWith("\r\n")).toBe(true);
    return [...text.matchAll(/((?:"(?:[^"]|"")*",?)+)\r\n/g)].map(([, row = ""]) => {
      const cells = [...row.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = ""]) => cell);
      for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\uff1d]/);
      return cells.length;
    });
  },
  cyclonedx: (text) => keysOf(JSON.parse(text)),
  html: (text) => {
    const inert = text.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1>");
    // Attributes that data decides (labels, sizes) count by name, ours (class) with their value.
    return [...inert.matchAll(/<[^>]*>/g)]
      .map(([tag]) =>
        tag.replace(/ (aria-label|d|width|height|viewBox|x|y|x1|x2|y1|y2)="[^"]*"/g, " $1"),
      )
      .map((tag) => {
        const ours = /^<[!/]?[a-z0-9]+( [a-zA-Z0-9-]+(="[^"]*")?)*\/?>$/.test(tag);
        if (!ours || / on[a-z]+=|javascript:| src=| href="[^#]/i.test(tag)) throw new Error(tag);
        return tag;
      });
  },
};

/** Member names at every level and lengths of lists; not the values. */
function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, keysOf(member)]));
}

describe("hostile text", () => {
  it("comes into every format that there is", () => {
    expect(Object.keys(SHAPES)).toEqual(auditFormats.map(({ id }) => id));
  });

  describe.each(auditFormats.map(({ id }) => id))("in %s", (id) => {
    const shapeOf = SHAPES[id] ?? (() => undefined);

    const shapes = new Map<string, unknown>();
    const shapeWith = async (field: Field, text: string): Promise<unknown> => {
      const key = `${field} ${text}`;
      if (!shapes.has(key)) shapes.set(key, shapeOf(await rendered(id, reportWith(field, text))));
      return shapes.get(key);
    };

    it.each(Object.entries(HOSTILE_TEXT))("%s", async (_name, payload) => {
      for (const field of FIELDS) {
        // An empty label or name is left away in some formats, so it is compared with itself.
        const harmless = payload === "" ? "" : "harmless";
        const text = await rendered(id, reportWith(field, payload));
        expect(RAW.exec(text)?.[0], `${field} in the raw`).toBeUndefined();
        expect(text.endsWith("\n")).toBe(true);
        expect(shapeOf(text), field).toEqual(await shapeWith(field, harmless));
      }
    });
  });

  it.each(["json", "ndjson"])("comes out of %s as it went in", async (id) => {
    for (const payload of Object.values(HOSTILE_TEXT)) {
      const text = await rendered(id, reportWith("label", payload));
      const { places } =
        id === "json"
          ? JSON.parse(text).findings[0]
          : JSON.parse(text.split("\n").find((line) => line.includes('"type":"finding"')) ?? "");
      expect(places[0].label).toBe(payload);
    }
  });
});
