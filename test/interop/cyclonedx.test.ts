import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { AT, described, estate, inventoryOf, rendered, reportOf } from "../support/audit-report.ts";
import { HOSTILE_TEXT } from "../support/hostile-text.ts";

interface Component {
  readonly type: string;
  readonly "bom-ref": string;
  readonly name: string;
  readonly evidence?: {
    readonly occurrences: readonly { readonly location: string; readonly symbol: string }[];
  };
  readonly cryptoProperties: {
    readonly assetType: string;
    readonly certificateProperties?: {
      readonly subjectName: string;
      readonly certificateState: readonly { readonly state: string }[];
      readonly certificateExtensions?: readonly {
        readonly commonExtensionName: string;
        readonly commonExtensionValue: string;
      }[];
      readonly relatedCryptographicAssets: readonly { readonly ref: string }[];
    };
    readonly relatedCryptoMaterialProperties?: {
      readonly type: string;
      readonly algorithmRef: string;
      readonly securedBy?: { readonly mechanism: string };
    };
    readonly algorithmProperties?: { readonly nistQuantumSecurityLevel?: number };
  };
}

/** CycloneDX's own schemas, from its own library. */
function schemaCheck(): (value: unknown) => unknown {
  const library = dirname(
    createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json"),
  );
  const schema = (name: string) =>
    JSON.parse(
      readFileSync(join(library, "res", "schema", `${name}.SNAPSHOT.schema.json`), "utf8"),
    );
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  for (const format of ["iri-reference", "idn-email"]) ajv.addFormat(format, true);
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema("bom-1.7"));
  return (value) => (validate(value) ? [] : validate.errors);
}

const bill = async (
  report = estate(),
): Promise<{ components: Component[]; serialNumber: string }> =>
  JSON.parse(await rendered("cyclonedx", report));

describe("CycloneDX", () => {
  const check = schemaCheck();

  it("is valid against the schema of 1.7", async () => {
    expect(check(await bill())).toEqual([]);
    expect(check(await bill(reportOf({ findings: [] })))).toEqual([]);
  });

  it("is told apart from what is not valid", async () => {
    const { components, ...rest } = await bill();
    expect(
      check({ ...rest, components: [{ ...components[0], cryptoProperties: { assetType: "x" } }] }),
    ).not.toEqual([]);
  });

  it("stays valid with hostile text", async () => {
    for (const text of Object.values(HOSTILE_TEXT)) {
      const inventory = inventoryOf([
        {
          subject: text,
          issuer: `${text}x`,
          algorithm: text,
          says: { subjectAltNames: [text], keyUsage: [text], extendedKeyUsage: [text] },
          at: [[text, text, "personal"]],
        },
      ]);
      const made = await bill(reportOf({ findings: [], inventory, root: text }));
      expect(check(made)).toEqual([]);
      expect(made.components[0]?.cryptoProperties.certificateProperties?.subjectName).toBe(text);
    }
  });

  it("refers only to what is in it, and names nothing twice", async () => {
    const { components } = await bill();
    const names = components.map((component) => component["bom-ref"]);
    expect(new Set(names).size).toBe(names.length);
    const references = components.flatMap(({ cryptoProperties }) =>
      [
        ...(cryptoProperties.certificateProperties?.relatedCryptographicAssets.map(
          ({ ref }) => ref,
        ) ?? []),
        ...(cryptoProperties.relatedCryptoMaterialProperties?.algorithmRef ?? []),
      ].flat(),
    );
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => name.length > 1 && !names.includes(name))).toEqual([]);
  });

  it("says where certificates and private keys are, what protects the keys, and what is no longer valid", async () => {
    const { components } = await bill();
    const root = components.find(({ name }) => name === "CN=Example Root CA,O=Example,C=GB");
    expect(root?.evidence?.occurrences).toHaveLength(4);
    const keys = components.filter(
      ({ cryptoProperties }) =>
        cryptoProperties.relatedCryptoMaterialProperties?.type === "private-key",
    );
    expect(keys).toHaveLength(5);
    expect(keys[0]?.cryptoProperties.relatedCryptoMaterialProperties?.securedBy?.mechanism).toBe(
      "pbes2-aes256-cbc-hmac-sha256",
    );
    const old = components.find(({ name }) => name.startsWith("CN=Old Partner Root"));
    expect(old?.cryptoProperties.certificateProperties?.certificateState).toEqual([
      { state: "deactivated" },
    ]);
  });

  it("says what was revoked, and what is on hold", async () => {
    const inventory = inventoryOf(
      ["a", "b", "c"].map((name) => ({
        subject: `CN=${name}`,
        at: [[`${name}.kdb`, name, "personal"]],
      })),
    );
    const told = [...inventory.certificates.values()].map(({ sha256 }, i) =>
      described("certificate-revoked", "error", [{ path: "a.kdb", sha256 }], {
        facts: { reason: i === 0 ? "keyCompromise" : "certificateHold" },
      }),
    );
    const made = await bill(reportOf({ findings: told.slice(0, 2), inventory }));
    expect(check(made)).toEqual([]);
    expect(
      made.components.flatMap(
        ({ cryptoProperties }) => cryptoProperties.certificateProperties?.certificateState ?? [],
      ),
    ).toEqual([
      { state: "revoked", reason: "keyCompromise" },
      { state: "suspended", reason: "certificateHold" },
      { state: "active" },
    ]);
  });

  it("says what a certificate's extensions allow", async () => {
    const inventory = inventoryOf([
      {
        subject: "CN=a",
        ca: true,
        says: {
          subjectAltNames: ["DNS:a.example.com", "IP:10.0.0.1"],
          keyUsage: ["digitalSignature", "keyCertSign"],
          extendedKeyUsage: ["serverAuth", "1.2.3.4"],
        },
        at: [["a.kdb", "a", "personal"]],
      },
      { subject: "CN=b", ca: false, at: [["a.kdb", "b", "signer"]] },
    ]);
    const made = await bill(reportOf({ findings: [], inventory }));
    expect(check(made)).toEqual([]);
    const [a, b] = made.components.map(
      ({ cryptoProperties }) => cryptoProperties.certificateProperties?.certificateExtensions,
    );
    expect(a?.map(Object.values)).toEqual([
      ["basicConstraints", "CA:TRUE"],
      ["keyUsage", "digitalSignature, keyCertSign"],
      ["extendedKeyUsage", "serverAuth, 1.2.3.4"],
      ["subjectAlternativeName", "DNS:a.example.com, IP:10.0.0.1"],
    ]);
    expect(b).toBe(undefined);
  });

  it("marks what a quantum computer breaks", async () => {
    const algorithms = (await bill()).components.filter(
      ({ cryptoProperties }) => cryptoProperties.assetType === "algorithm",
    );
    expect(
      algorithms.map(({ name, cryptoProperties }) => [
        name,
        cryptoProperties.algorithmProperties?.nistQuantumSecurityLevel,
      ]),
    ).toEqual([
      ["ecdsa-with-SHA256", 0],
      ["EC-P-256", 0],
    ]);
  });

  it("has the same number for the same content, and another for other content", async () => {
    const { serialNumber } = await bill();
    expect((await bill()).serialNumber).toBe(serialNumber);
    const later = { ...estate(), at: new Date(AT.getTime() + 1000) };
    expect((await bill(later)).serialNumber).not.toBe(serialNumber);
  });
});
