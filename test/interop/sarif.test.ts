import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import {
  estate,
  described as finding,
  inventoryOf,
  rendered,
  reportOf,
} from "../support/audit-report.ts";
import { HOSTILE_TEXT } from "../support/hostile-text.ts";

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly {
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly partialFingerprints: Record<string, string>;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: Record<string, number>;
        };
        readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
      }[];
    }[];
  }[];
}

/** The official schema is of draft 4; what it uses of it means the same in draft 7, but for the name of its id. */
function schemaCheck(): (value: unknown) => unknown {
  const { $schema, id, ...schema } = JSON.parse(
    readFileSync("test/support/schemas/sarif-2.1.0.json", "utf8"),
  );
  expect($schema).toBe("http://json-schema.org/draft-04/schema#");
  expect(id).toContain("sarif-2.1.0");
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : validate.errors);
}

const sarif = async (report = estate()): Promise<Sarif> =>
  JSON.parse(await rendered("sarif", report));

describe("SARIF", () => {
  const check = schemaCheck();

  it("is valid against the schema of 2.1.0", async () => {
    expect(check(await sarif())).toEqual([]);
    expect(check(await sarif(reportOf({ findings: [] })))).toEqual([]);
  });

  it("is told apart from what is not valid", async () => {
    const log = (await sarif()) as unknown as { runs: { results: object[] }[] };
    log.runs[0]?.results.push({ ruleId: 1 });
    expect(check(log)).not.toEqual([]);
  });

  it("stays valid with hostile text, and its references are URIs", async () => {
    for (const text of Object.values(HOSTILE_TEXT)) {
      const report = reportOf({
        findings: [
          finding("key-shared", "error", [{ path: `a/${text}`, label: text }], { message: text }),
        ],
        refused: [{ path: text, opened: false, code: "format-malformed", message: text }],
      });
      const log = await sarif(report);
      expect(check(log)).toEqual([]);
      const uri =
        log.runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
      expect(uri).toMatch(/^([A-Za-z0-9._~!'()*/-]|%[0-9A-F]{2})*$/);
    }
  });

  it("has what code scanning asks for", async () => {
    const run = (await sarif()).runs[0];
    expect(run?.results).toHaveLength(6);
    for (const { ruleId, ruleIndex, partialFingerprints, locations } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      expect(partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{64}$/);
      expect(locations[0]?.physicalLocation.region).toEqual({
        startLine: 1,
        startColumn: 1,
        endLine: 1,
        endColumn: 1,
      });
    }
    for (const rule of run?.tool.driver.rules ?? []) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.any(String) },
        fullDescription: { text: expect.any(String) },
        help: { text: expect.any(String) },
        properties: {
          "security-severity": expect.stringMatching(/^\d\.\d$/),
          tags: expect.arrayContaining(["security"]),
        },
      });
    }
  });

  it("names the file in the repository, and inside an archive the archive", async () => {
    const places = (await sarif()).runs[0]?.results.find(
      ({ ruleId }) => ruleId === "signature-md5",
    )?.locations;
    expect(places?.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)).toEqual([
      "conf/mq/qm1/key.kdb",
      "conf/um/realm/truststore.jks",
      "conf/images/app.tar",
    ]);
    expect(places?.[2]?.logicalLocations[0]?.fullyQualifiedName).toBe(
      "images/app.tar!/opt/mq/key.kdb!/oldpartner",
    );
  });

  it.each([4999, 5000, 5001])("holds the worst 5,000 of %d, and says so", async (count) => {
    const findings = Array.from({ length: count }, (_, i) =>
      finding("key-shared", "notice", [{ path: `${i}.kdb` }]),
    );
    const run = (await sarif(reportOf({ findings, inventory: inventoryOf([]) }))).runs[0];
    expect(run?.results).toHaveLength(Math.min(count, 5000));
    const notes =
      run?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text) ?? [];
    expect(notes.join()).toBe(
      count > 5000 ? "the worst 5000 of 5001 findings stand here; JSON and CSV have all" : "",
    );
  });

  it("leaves out what is ignored, because code scanning would open an alert for it", async () => {
    const ignored = finding("key-shared", "error", [{ path: "a.kdb" }]);
    const run = (
      await sarif(reportOf({ findings: [], suppressed: [{ described: ignored, by: "ignore" }] }))
    ).runs[0];
    expect(run?.results).toEqual([]);
    expect(run?.invocations[0]?.toolExecutionNotifications[0]?.message.text).toContain(
      "1 finding ignored",
    );
  });

  it("makes no link of brackets and no placeholder of braces", async () => {
    const report = reportOf({
      findings: [
        finding("key-shared", "error", [{ path: "a" }], { message: "[x](https://e.example) {0}" }),
      ],
    });
    expect((await sarif(report)).runs[0]?.results[0]?.message.text).toContain(
      "\\[x\\](https://e.example) {{0}}",
    );
  });
});
