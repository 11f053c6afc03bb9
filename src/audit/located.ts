import { PkiError } from "../model/error.ts";

/** From 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of a settings file with the place it stands at, for errors that name it. */
export type Located =
  | { readonly kind: "map"; readonly at: Position; readonly members: readonly LocatedMember[] }
  | { readonly kind: "list"; readonly at: Position; readonly items: readonly Located[] }
  | {
      readonly kind: "scalar";
      readonly at: Position;
      readonly value: string | number | boolean | null;
    };

export interface LocatedMember {
  readonly key: string;
  readonly at: Position;
  readonly value: Located;
}

/** @throws PkiError `usage` with `where` such as `3:5` (line and column) */
export function failAt(at: Position, message: string, hint?: string): never {
  throw new PkiError("usage", message, {
    where: `${at.line}:${at.column}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The members of a mapping, whose keys must be among `known`; an empty document has none. */
export function membersOf(
  node: Located,
  what: string,
  known?: readonly string[],
): ReadonlyMap<string, LocatedMember> {
  if (node.kind === "scalar" && node.value === null) return new Map();
  if (node.kind !== "map") return failAt(node.at, `${what} must be a mapping of names to values`);
  const members = new Map<string, LocatedMember>();
  for (const member of node.members) {
    if (known !== undefined && !known.includes(member.key)) {
      failAt(member.at, `${what} has no ${quoted(member.key)}`, `it has ${known.join(", ")}`);
    }
    members.set(member.key, member);
  }
  return members;
}

export function itemsOf(node: Located, what: string): readonly Located[] {
  return node.kind === "list" ? node.items : failAt(node.at, `${what} must be a list`);
}

export function textOf(node: Located, what: string): string {
  if (node.kind === "scalar" && typeof node.value === "string" && node.value !== "") {
    return node.value;
  }
  return failAt(node.at, `${what} must be text`);
}

/** One text, or a list of them. */
export function textsOf(node: Located, what: string): readonly string[] {
  if (node.kind !== "list") return [textOf(node, what)];
  return node.items.map((item) => textOf(item, what));
}

export function choiceOf<Choice extends string>(
  node: Located,
  what: string,
  choices: readonly Choice[],
): Choice {
  const { value } = node.kind === "scalar" ? node : { value: undefined };
  const found = choices.find((choice) => choice === value);
  return found ?? failAt(node.at, `${what} must be one of ${choices.join(", ")}`);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A day, `2026-12-31`, that the calendar has. */
export function dayOf(node: Located, what: string): string {
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value === "string" && DAY.test(value)) {
    const date = new Date(`${value}T00:00:00Z`);
    if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)) return value;
  }
  return failAt(node.at, `${what} must be a day such as 2026-12-31`);
}

/** A name of a settings file in a message: never more than one short line. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
