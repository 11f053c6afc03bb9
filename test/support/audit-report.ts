import type { Described } from "../../src/audit/describe.ts";
import type {
  CertificateRecord,
  InventoryView,
  Standing,
  StoreRecord,
} from "../../src/audit/inventory-view.ts";
import { MemoryRecords } from "../../src/audit/records.ts";
import { type AuditReport, countBySeverity, type StoreSummary } from "../../src/audit/report.ts";
import type { Rule, Use } from "../../src/audit/rule.ts";
import { rule } from "../../src/audit/rule.ts";
import { toHex } from "../../src/bytes/octets.ts";
import { digest } from "../../src/crypto/digest.ts";
import type { Place, Severity } from "../../src/model/finding.ts";
import { auditFormats } from "../../src/render/audit/index.ts";

export const AT = new Date("2026-11-22T00:00:00Z");
export const sha256Of = (text: string): string =>
  toHex(digest("sha256", new TextEncoder().encode(text)));

/** The whole text of one output, as `pki audit --format` writes it. */
export async function rendered(
  id: string,
  report: AuditReport,
  view = { columns: 80 as number | undefined, colour: false },
): Promise<string> {
  const format = auditFormats.find((one) => one.id === id);
  if (format === undefined) throw new Error(`no format ${id}`);
  const out = (await format.load())(report, view);
  return typeof out === "string" ? out : [...out].join("");
}

/** A finding in words, as the engine gives it. */
export function described(
  id: string,
  severity: Severity,
  places: readonly [Place, ...Place[]],
  words: {
    title?: string;
    message?: string;
    fix?: string;
    facts?: Described["finding"]["facts"];
  } = {},
): Described {
  const { facts = {}, title = `what ${id} says`, message = "It is so.", fix = "Renew it." } = words;
  const fingerprint = sha256Of(JSON.stringify([id, places]));
  return {
    finding: { rule: id, severity, places, facts, fingerprint },
    title,
    message,
    fix,
    cites: ["RFC 5280 §4.1.2.5"],
  };
}

/** A rule that is only there to be described. */
export function ruleNamed(id: string, severity: Severity): Rule {
  return rule({
    id,
    on: "store",
    severity,
    title: `what ${id} says`,
    cites: ["RFC 5280 §4.1.2.5"],
    profiles: ["default"],
    check: () => undefined,
    explain: () => "",
    fix: () => "",
  });
}

/** A certificate that exists only in words. */
export interface Sketch {
  readonly subject: string;
  readonly issuer?: string;
  readonly from?: string;
  readonly until?: string;
  readonly ca?: boolean;
  readonly algorithm?: string;
  readonly serial?: string;
  /** What its extensions say. */
  readonly says?: Pick<CertificateRecord, "subjectAltNames" | "keyUsage" | "extendedKeyUsage">;
  /** Store path, label, use. */
  readonly at: readonly (readonly [path: string, label: string, use: Use])[];
}

/** An inventory of certificates that exist only in words. */
export function inventoryOf(
  sketches: readonly Sketch[],
  formats: Record<string, string> = {},
): InventoryView {
  const stores = new Map<
    string,
    StoreRecord & { trusted: string[]; personal: string[]; keyLabels: string[] }
  >();
  const certificates = new Map<string, CertificateRecord>();
  for (const [i, sketch] of sketches.entries()) {
    const { subject, issuer = subject, ca = issuer === subject } = sketch;
    const sha256 = sha256Of(`${i} ${subject}`);
    const standings: Standing[] = sketch.at.map(([path, label, use]) => {
      const store = stores.get(path) ?? {
        path,
        format: (formats[path] ?? "kdb") as StoreRecord["format"],
        keyLabels: [],
        trusted: [],
        personal: [],
      };
      stores.set(path, store);
      if (use === "signer") store.trusted.push(sha256);
      if (use === "personal") {
        store.personal.push(sha256);
        store.keyLabels.push(label);
      }
      return { store, label, use };
    });
    certificates.set(sha256, {
      sha256,
      subject,
      issuer,
      serial: sketch.serial ?? "0a1b2c",
      spki: sha256Of(`key ${i}`),
      keyAlgorithm: sketch.algorithm ?? "EC",
      keyBits: 256,
      curve: "P-256",
      signatureAlgorithm: "ecdsa-with-SHA256",
      version: 3,
      notBefore: new Date(sketch.from ?? "2026-01-01T00:00:00Z"),
      notAfter: new Date(sketch.until ?? "2027-06-01T00:00:00Z"),
      selfIssued: issuer === subject,
      ca,
      ...sketch.says,
      standings,
    });
  }
  return {
    certificates: new MemoryRecords(certificates),
    stores: [...stores.values()],
    crls: [],
    settings: [],
    whole: new Map(),
    refused: [],
  };
}

/** A report around findings, with everything else that the engine would say of them. */
export function reportOf(parts: {
  readonly findings: readonly Described[];
  readonly inventory?: InventoryView;
  readonly refused?: readonly StoreSummary[];
  readonly suppressed?: AuditReport["suppressed"];
  readonly root?: string;
}): AuditReport {
  const {
    findings,
    inventory = inventoryOf([]),
    refused = [],
    suppressed = [],
    root = ".",
  } = parts;
  const opened = inventory.stores.map(
    ({ path, format, trusted, personal }): StoreSummary => ({
      path,
      format,
      opened: true,
      integrity: "verified",
      entries: trusted.length + personal.length,
      version: "4",
      protection: "pbes2-aes256-cbc-hmac-sha256",
    }),
  );
  const ids = new Map(findings.map(({ finding }) => [finding.rule, finding.severity]));
  const stores = [...opened, ...refused].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    at: AT,
    root,
    profiles: ["default"],
    summary: {
      files: stores.length + 3,
      stores: opened.length,
      certificates: inventory.certificates.size,
      refused: refused.length,
      ...countBySeverity(findings),
    },
    stores,
    findings,
    suppressed,
    failures: [],
    rules: [...ids].sort().map(([id, severity]) => ruleNamed(id, severity)),
    inventory,
  };
}

/** An estate with a bit of everything: mutual, one-way, broken and expired trust, a refused file, all severities. */
export function estate(): AuditReport {
  const inventory = inventoryOf([
    {
      subject: "CN=Example Root CA,O=Example,C=GB",
      until: "2036-01-01T00:00:00Z",
      at: [
        ["mq/qm1/key.kdb", "rootca", "signer"],
        ["mq/client/client.kdb", "rootca", "signer"],
        ["um/realm/truststore.jks", "root", "signer"],
        ["tomcat/conf/keystore.p12", "tomcat", "chain"],
      ],
    },
    {
      subject: "CN=Example Issuing CA 2,O=Example,C=GB",
      issuer: "CN=Example Root CA,O=Example,C=GB",
      ca: true,
      until: "2030-01-01T00:00:00Z",
      at: [["tomcat/conf/keystore.p12", "tomcat", "chain"]],
    },
    {
      subject: "CN=QM1,O=Example,C=GB",
      issuer: "CN=Example Issuing CA 2,O=Example,C=GB",
      until: "2026-12-08T00:00:00Z",
      at: [["mq/qm1/key.kdb", "ibmwebspheremqqm1", "personal"]],
    },
    {
      subject: "CN=client app,O=Example,C=GB",
      issuer: "CN=Partner CA,O=Partner,C=DE",
      until: "2027-03-08T00:00:00Z",
      at: [["mq/client/client.kdb", "ibmwebspheremqapp", "personal"]],
    },
    {
      subject: "CN=www.example.com,O=Example,C=GB",
      issuer: "CN=Example Issuing CA 2,O=Example,C=GB",
      until: "2027-02-10T00:00:00Z",
      at: [["tomcat/conf/keystore.p12", "tomcat", "personal"]],
    },
    {
      subject: "CN=Old Partner Root,O=Partner,C=DE",
      from: "2010-01-01T00:00:00Z",
      until: "2025-05-01T00:00:00Z",
      at: [
        ["mq/qm1/key.kdb", "oldpartner", "signer"],
        ["um/realm/truststore.jks", "oldpartner", "signer"],
      ],
    },
    {
      subject: "CN=realm.example.com,OU=Messaging",
      issuer: "CN=Old Partner Root,O=Partner,C=DE",
      from: "2020-01-01T00:00:00Z",
      until: "2026-10-02T00:00:00Z",
      at: [["um/realm/keystore.jks", "realm", "personal"]],
    },
    {
      subject: "CN=QM2 self-signed",
      until: "2028-05-01T00:00:00Z",
      ca: false,
      at: [
        ["mq/qm2/key.kdb", "ibmwebspheremqqm2", "personal"],
        ["mq/qm1/key.kdb", "qm2", "signer"],
      ],
    },
    {
      subject: "CN=Unused CA",
      until: "2029-05-01T00:00:00Z",
      at: [["mq/qm2/key.kdb", "unused", "signer"]],
    },
  ]);
  const long =
    "The personal certificate CN=realm.example.com,OU=Messaging expired on 2026-10-02, 51 days ago. Clients refuse it.";
  return reportOf({
    root: "conf",
    inventory,
    findings: [
      described(
        "certificate-expired",
        "error",
        [{ path: "um/realm/keystore.jks", label: "realm", sha256: sha256Of("realm") }],
        {
          message: long,
          fix: "Have it issued anew: `pki issue` for a CA of this program, or `keytool -certreq` and `keytool -importcert`.",
        },
      ),
      described(
        "chain-incomplete",
        "error",
        [{ path: "mq/client/client.kdb", label: "ibmwebspheremqapp" }],
        {
          message:
            "The chain of CN=client app,O=Example,C=GB ends at CN=Partner CA,O=Partner,C=DE, which is not in the store.",
          fix: "Add the issuer: pki add mq/client/client.kdb partner-ca.pem.",
        },
      ),
      described(
        "signature-md5",
        "error",
        [
          { path: "mq/qm1/key.kdb", label: "oldpartner" },
          { path: "um/realm/truststore.jks", label: "oldpartner" },
          { path: "images/app.tar!/opt/mq/key.kdb", label: "oldpartner" },
        ],
        { message: "The signer CN=Old Partner Root,O=Partner,C=DE is signed with MD5." },
      ),
      described(
        "certificate-expires-soon",
        "warning",
        [{ path: "mq/qm1/key.kdb", label: "ibmwebspheremqqm1" }],
        {
          message:
            "The personal certificate CN=QM1,O=Example,C=GB expires on 2026-12-08, in 16 days.",
        },
      ),
      described("stash-readable", "warning", [{ path: "mq/qm1/key.sth" }], {
        message: "The stash file mq/qm1/key.sth can be read by others (mode 0644).",
        fix: "chmod 600 mq/qm1/key.sth",
      }),
      described("label-not-mq", "notice", [
        { path: "mq/client/client.kdb", label: "ibmwebspheremqapp" },
      ]),
    ],
    refused: [
      {
        path: "old/archive/keystore-of-the-former-integration-server.bks",
        format: "bks",
        opened: false,
        code: "format-unsupported",
        message: "BKS is not read",
      },
    ],
  });
}
