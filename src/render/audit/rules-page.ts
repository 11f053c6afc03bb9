import { profiles } from "../../audit/profiles.ts";
import type { Rule } from "../../audit/rule.ts";

/** docs/rules.md: what every rule is about, on whose word, for whom, and what a policy can set. */
export function rulesPage(rules: readonly Rule[]): string {
  const lines = [
    "# The rules of `pki audit`",
    "",
    "Made from the rules themselves; a test fails when this page is stale. A rule is on where one of its profiles is chosen",
    "(`default` always is), or where a policy names it ([audit.md](audit.md)). The severity is that of the usual case; a",
    "milder or graver case says so in the report.",
    "",
    "## Profiles",
    "",
    "| profile | for | rules |",
    "|---|---|---|",
    ...profiles.map(({ id, title }) => {
      const count = rules.filter((rule) => rule.profiles.includes(id)).length;
      return `| \`${id}\` | ${cell(title)} | ${count} |`;
    }),
    "",
    `## All ${rules.length} rules`,
  ];
  for (const rule of rules) {
    lines.push(
      "",
      `### ${rule.id}`,
      "",
      `${rule.title}.`,
      "",
      `- ${rule.severity}${elsewhere(rule)}; judged for each ${ABOUT[rule.on]}; profiles: ${rule.profiles.join(", ")}`,
      `- after: ${rule.cites.map(cell).join("; ")}`,
    );
    const parameters = Object.entries(rule.parameters ?? {});
    if (parameters.length > 0) {
      const shown = parameters.map(([name, value]) => `\`${name}\` ${shownValue(value)}`);
      lines.push(`- parameters: ${shown.join(", ")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const ABOUT: Record<Rule["on"], string> = {
  certificate: "certificate",
  use: "certificate in its place",
  entry: "entry",
  store: "store",
  refused: "file that could not be opened",
  file: "file",
  crl: "revocation list",
  companion: "file that is no store",
  inventory: "inventory as a whole",
};

/** ` (error in mq, pci)`: the severities that profiles set. */
function elsewhere({ id }: Rule): string {
  const bySeverity = new Map<string, string[]>();
  for (const profile of profiles) {
    const severity = profile.severities?.[id];
    if (severity === undefined) continue;
    bySeverity.set(severity, [...(bySeverity.get(severity) ?? []), profile.id]);
  }
  return [...bySeverity]
    .map(([severity, ids]) => ` (${severity} in ${ids.map((one) => `\`${one}\``).join(", ")})`)
    .join("");
}

function shownValue(value: unknown): string {
  if (!Array.isArray(value)) return cell(JSON.stringify(value));
  return value.length === 0 ? "none" : value.map((one) => cell(String(one))).join(" ");
}

/** Table cells and list items of Markdown. */
function cell(text: string): string {
  return text.replace(/[|<>\\`*_[\]]/g, "\\$&");
}
