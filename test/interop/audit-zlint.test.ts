import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { auditPaths } from "../../src/app/audit.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { peer, peersDirectory } from "../support/peer-paths.ts";

/**
 * zlint judges certificates of the web by the Baseline Requirements and RFC 5280. Each of its own test
 * certificates and revocation lists is judged by both; where a lint of theirs and a rule of ours mean the same
 * they must agree, but for the numbers below, each with its reason. The numbers are tested; the reasons were found by
 * sorting the files by what they hold (self-signed, CA, version, names), not by looking at each.
 *
 * An optional peer, whatever INTEROP says: building it needs Go. docs/audit-compared.md tells of the outcome.
 */

const zlint = peer("zlint");
const folder = join(peersDirectory, "zlint-testdata");
const files =
  zlint === undefined || !existsSync(folder)
    ? []
    : readdirSync(folder).filter((name) => name.endsWith(".pem"));
/** With other certificates the numbers are others. */
const VERSION = "v3.6.8";

interface Row {
  /** Faulty where one of them says so. */
  readonly lints: readonly [string, ...string[]];
  /** Any of them; with its severity where that makes the difference. */
  readonly rules: readonly string[];
  /** The lint faults it, the rule is silent. */
  readonly missed?: readonly [count: number, why: string];
  /** The lint passes it, the rule fires. */
  readonly more?: readonly [count: number, why: string];
}

const ROWS: readonly Row[] = [
  {
    lints: ["e_serial_number_not_positive"],
    rules: ["serial-zero", "serial-negative"],
  },
  {
    lints: ["e_serial_number_longer_than_20_octets"],
    rules: ["serial-too-long"],
  },
  {
    lints: ["e_invalid_certificate_version", "e_cert_extensions_version_not_3"],
    rules: ["version-not-3"],
    missed: [1, "self-signed and without its key: a trusted peer or an old root"],
    more: [6, "from before the requirement of version 3; version 4, which was never defined"],
  },
  {
    lints: ["e_ext_duplicate_extension"],
    rules: ["extension-duplicate"],
  },
  {
    lints: ["e_basic_constraints_not_critical"],
    rules: ["ca-flag-not-critical"],
  },
  {
    lints: ["e_ca_key_cert_sign_not_set"],
    rules: ["ca-key-usage-missing"],
  },
  {
    lints: ["e_ca_crl_sign_not_set"],
    rules: ["ca-crl-sign-missing"],
    missed: [
      42,
      "neither certificates nor lists may be signed: told once, by ca-key-usage-missing",
    ],
  },
  {
    lints: ["e_rsa_mod_less_than_2048_bits"],
    rules: ["key-too-small"],
  },
  {
    lints: [
      "w_rsa_public_exponent_not_in_range",
      "e_rsa_public_exponent_not_odd",
      "e_rsa_public_exponent_too_small",
      "e_mp_exponent_cannot_be_one",
    ],
    rules: ["rsa-exponent"],
  },
  {
    lints: [
      "w_rsa_mod_factors_smaller_than_752",
      "w_rsa_mod_not_odd",
      "e_rsa_fermat_factorization",
    ],
    rules: ["rsa-small-factor"],
  },
  {
    lints: ["e_mp_modulus_must_be_divisible_by_8"],
    rules: ["rsa-bits-odd"],
  },
  {
    lints: ["e_ec_improper_curves"],
    rules: ["curve-not-accepted", "curve-weak", "curve-explicit", "key-too-small"],
  },
  {
    lints: ["e_prohibit_dsa_usage", "e_br_prohibit_dsa_usage"],
    rules: ["key-dsa"],
  },
  {
    lints: ["e_sub_cert_or_sub_ca_using_sha1"],
    rules: ["signature-sha1"],
  },
  {
    lints: ["e_cert_sig_alg_not_match_tbs_sig_alg"],
    rules: ["signature-algorithm-mismatch"],
  },
  {
    lints: ["e_tbs_signature_rsa_encryption_parameter_not_null"],
    rules: ["signature-parameters", "signature-algorithm-mismatch"],
  },
  {
    lints: ["e_ext_san_missing"],
    rules: ["san-missing"],
    missed: [
      26,
      "self-signed: a peer's own certificate or a root, which no public CA's rule is about; version 1, told by version-not-3",
    ],
    more: [1, "its only alternative name is a URI: no host"],
  },
  {
    lints: [
      "e_dnsname_bad_character_in_label",
      "e_dnsname_empty_label",
      "e_dnsname_label_too_long",
      "e_dnsname_underscore_in_sld",
      "e_san_dns_name_starts_with_period",
      "e_ext_san_space_dns_name",
      "e_ext_san_rfc822_format_invalid",
      "e_ext_san_uri_relative",
      "e_ext_san_empty_name",
    ],
    rules: ["san-malformed"],
    missed: [
      77,
      "CA:TRUE, whose names no client looks at; common names, told by san-missing; Unicode forms of IDNs",
    ],
    more: [
      19,
      "most by other lints (internal and bare names, wildcards, outside ASCII); by none: .test names of their day, ? for a label that was blacked out in a log",
    ],
  },
  {
    lints: [
      "e_dnsname_wildcard_only_in_left_label",
      "e_san_bare_wildcard",
      "e_san_wildcard_not_first",
      "e_dnsname_left_label_wildcard_correct",
    ],
    rules: ["name-wildcard:error"],
    missed: [5, "CA:TRUE, whose names no client looks at"],
    more: [1, "a wildcard above a single label"],
  },
  {
    lints: ["e_ext_name_constraints_not_critical"],
    rules: ["name-constraints-not-critical"],
  },
  {
    lints: [
      "e_ext_authority_key_identifier_no_key_identifier",
      "e_ext_subject_key_identifier_missing_ca",
    ],
    rules: ["key-identifier-missing"],
    missed: [
      71,
      "self-signed: a peer's own certificate or a root, which no public CA's rule is about; version 1, which has no extensions; an authority identifier by issuer and serial number",
    ],
  },
  {
    lints: [
      "e_issuer_field_empty",
      "e_ext_san_not_critical_without_subject",
      "e_subject_empty_without_san",
      "e_ca_subject_field_empty",
    ],
    rules: ["name-empty"],
  },
  {
    lints: ["e_validity_time_not_positive"],
    rules: ["validity-reversed"],
  },
  {
    lints: [
      "e_wrong_time_format_pre2050",
      "e_utc_time_not_in_zulu",
      "e_utc_time_does_not_include_seconds",
      "e_generalized_time_not_in_zulu",
      "e_generalized_time_does_not_include_seconds",
      "e_generalized_time_includes_fraction_seconds",
    ],
    rules: ["validity-encoding"],
    missed: [1, "ends in the year 1: told once, by validity-reversed"],
  },
  {
    lints: [
      "e_sub_cert_valid_time_longer_than_39_months",
      "e_sub_cert_valid_time_longer_than_825_days",
      "e_tls_server_cert_valid_time_longer_than_398_days",
      "e_server_cert_valid_time_longer_than_200_days",
      "e_server_cert_valid_time_longer_than_100_days",
      "e_server_cert_valid_time_longer_than_47_days",
    ],
    rules: ["validity-too-long"],
    more: [5, "825 days before 2018-03 too, by the parameter; and a second more is a day more"],
  },
  {
    lints: ["e_sub_cert_eku_missing"],
    rules: ["purpose-missing"],
    missed: [
      24,
      "self-signed: a peer's own certificate or a root, which no public CA's rule is about; version 1, told by version-not-3",
    ],
  },
  {
    lints: [
      "e_sub_cert_key_usage_cert_sign_bit_set",
      "e_sub_cert_key_usage_crl_sign_bit_set",
      "e_ext_key_usage_cert_sign_without_ca",
    ],
    rules: ["leaf-signs"],
    missed: [
      2,
      "version 1 with extensions, a path length below 0: told once, by version-not-3 and extension-malformed",
    ],
  },
  {
    lints: ["e_sub_cert_certificate_policies_missing"],
    rules: ["policy-missing"],
    missed: [
      45,
      "self-signed: a peer's own certificate or a root, which no public CA's rule is about; version 1, told by version-not-3",
    ],
  },
  {
    lints: ["e_missing_crl_distrib_point"],
    rules: ["revocation-source-missing"],
    missed: [1, "its addresses cannot be read: told once, by extension-malformed"],
  },
  {
    lints: ["e_subject_common_name_not_from_san"],
    rules: ["san-lacks-common-name"],
    missed: [
      123,
      "no alternative names at all, told by san-missing; common names that are no host's",
    ],
  },
  {
    lints: ["e_crl_has_next_update"],
    rules: ["crl-next-update-missing"],
  },
  {
    lints: ["e_crl_has_authority_key_identifier", "e_crl_missing_crl_number"],
    rules: ["crl-extension-missing"],
  },
];

type Lints = Readonly<Record<string, { readonly result: string }>>;

/** zlint stops at the first file that it cannot read, so that one is asked alone. */
function linted(names: readonly string[]): Map<string, Lints> {
  const found = new Map<string, Lints>();
  const [only] = names;
  if (only === undefined) return found;
  const paths = names.map((name) => join(folder, name));
  const { status, stdout } = spawnSync(zlint as string, ["-format", "pem", ...paths], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) {
    const lines = stdout.trim().split("\n");
    for (const [i, name] of names.entries()) found.set(name, JSON.parse(lines[i] ?? "{}"));
  } else if (names.length > 1) {
    const half = names.length >> 1;
    for (const part of [names.slice(0, half), names.slice(half)]) {
      for (const [name, lints] of linted(part)) found.set(name, lints);
    }
  }
  return found;
}

describe.skipIf(files.length === 0)("zlint's own test certificates (zlint is optional)", () => {
  const theirs = new Map<string, Lints>();
  const ours = new Map<string, Set<string>>();

  beforeAll(async () => {
    for (let at = 0; at < files.length; at += 50) {
      for (const [name, lints] of linted(files.slice(at, at + 50))) theirs.set(name, lints);
    }
    const { result } = await auditPaths(nodeHost(), [folder], {
      at: new Date("2026-07-01T00:00:00Z"),
      profiles: ["public-tls", "strict", "java", "fips"],
      failOn: "never",
    });
    for (const { path, opened } of result.report.stores) if (opened) ours.set(path, new Set());
    for (const { paths } of result.report.inventory.crls) {
      for (const path of paths) ours.set(path, new Set());
    }
    for (const { finding } of result.report.findings) {
      for (const { path } of finding.places)
        ours.get(path)?.add(finding.rule).add(`${finding.rule}:${finding.severity}`);
    }
    expect(result.report.failures).toEqual([]);
  }, 240_000);

  it("are those that the numbers are about, nearly all read by both", () => {
    expect(readFileSync(join(folder, "version"), "utf8").trim()).toBe(VERSION);
    expect(execFileSync(zlint as string, ["-version"], { encoding: "utf8" })).toMatch(/zlint/i);
    expect(theirs.size).toBeGreaterThan(1050);
    expect(ours.size).toBeGreaterThan(1040);
  });

  it.each(ROWS.map((row) => [row.rules.join(" or "), row] as const))("%s", (_, row) => {
    const missed: string[] = [];
    const more: string[] = [];
    let agreed = 0;
    for (const [name, lints] of theirs) {
      const own = ours.get(name);
      // NA: not for such certificates. NE: its requirement came later than the certificate.
      const results = row.lints
        .map((lint) => lints[lint]?.result)
        .filter((result) => result !== undefined && result !== "NA" && result !== "NE");
      if (own === undefined || results.length === 0) continue;
      const told = row.rules.some((rule) => own.has(rule));
      const faulty = results.some((result) => result !== "pass");
      if (told === faulty) agreed++;
      else (told ? more : missed).push(name);
    }
    expect([missed.length, more.length]).toEqual([row.missed?.[0] ?? 0, row.more?.[0] ?? 0]);
    expect(agreed).toBeGreaterThan(0);
  });
});
