import { clip } from "../words.ts";

/** The longest text of one cell or attribute; hostile names can be megabytes. */
const LONGEST = 2000;

/** HTML that was made here. Only `html` makes it, so that text from files cannot pass for it. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Part = Markup | readonly Markup[] | string | number | undefined;

/**
 * The only way from values to HTML: a template whose values are made harmless and escaped, for element content
 * and for quoted attribute values alike. `Markup` goes in as it is, undefined as nothing.
 */
export function html(template: TemplateStringsArray, ...values: readonly Part[]): Markup {
  let out = template[0] ?? "";
  values.forEach((value, i) => {
    out += partText(value) + (template[i + 1] ?? "");
  });
  return new Markup(out);
}

function partText(value: Part): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.toString();
  if (typeof value === "object") return value.map(String).join("");
  return escaped(String(value));
}

/** Our own style or script, which needs no escaping. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function escaped(text: string): string {
  return clip(text, LONGEST).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}
