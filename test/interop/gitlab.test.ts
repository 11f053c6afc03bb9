import { describe, expect, it } from "vitest";
import { estate, rendered } from "../support/audit-report.ts";
import { schemaFaults } from "../support/json-schema.ts";

/**
 * What GitLab's documentation asks of a Code Quality report (docs.gitlab.com, "Code quality report format"), as a
 * schema of ours: one of GitLab's own was looked for and not found.
 */
const CODE_QUALITY = {
  type: "array",
  items: {
    type: "object",
    required: ["description", "check_name", "fingerprint", "severity", "location"],
    properties: {
      description: { type: "string" },
      check_name: { type: "string" },
      fingerprint: { type: "string" },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: {
        type: "object",
        required: ["path", "lines"],
        properties: {
          path: { type: "string" },
          lines: {
            type: "object",
            required: ["begin"],
            properties: { begin: { type: "integer", minimum: 1 } },
          },
        },
      },
    },
  },
};

interface Issue {
  readonly fingerprint: string;
  readonly location: { readonly path: string };
}

describe("GitLab's Code Quality report", () => {
  it("has what GitLab asks for", async () => {
    const issues = JSON.parse(await rendered("gitlab", estate()));
    expect(issues.length).toBeGreaterThan(3);
    expect(schemaFaults(CODE_QUALITY, issues)).toEqual([]);
    expect(schemaFaults(CODE_QUALITY, [{ ...issues[0], severity: "error" }])).not.toEqual([]);
  });

  it("has paths from the root of the repository, and no two issues of one fingerprint: GitLab shows one of them", async () => {
    const issues: readonly Issue[] = JSON.parse(await rendered("gitlab", estate()));
    for (const { location } of issues) expect(location.path).not.toMatch(/^\.?\//);
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  });
});
