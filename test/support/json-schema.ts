/** What of JSON Schema 2020-12 our own schemas use; anything else in a schema is an error. */
interface Schema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: false;
  readonly anyOf?: readonly Schema[];
}

const KNOWN = new Set([
  "$schema",
  "$ref",
  "$defs",
  "title",
  "description",
  "type",
  "const",
  "enum",
  "pattern",
  "minimum",
  "items",
  "required",
  "properties",
  "propertyNames",
  "additionalProperties",
  "anyOf",
]);

/** Why `value` is not what the schema says, one line a fault; none when it is. */
export function schemaFaults(root: Schema, value: unknown): readonly string[] {
  return faults(root, root, value, "$");
}

function faults(root: Schema, schema: Schema, value: unknown, at: string): readonly string[] {
  const unknown = Object.keys(schema).filter((word) => !KNOWN.has(word));
  if (unknown.length > 0) return [`${at}: the schema uses ${unknown.join(", ")}`];
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target === undefined ? [`${at}: no ${schema.$ref}`] : faults(root, target, value, at);
  }
  if (schema.anyOf !== undefined) {
    const tried = schema.anyOf.map((one) => faults(root, one, value, at));
    return tried.some((found) => found.length === 0) ? [] : tried.flat();
  }
  const found: string[] = [];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) {
    return [`${at}: is no ${types.join(" or ")}`];
  }
  if ("const" in schema && value !== schema.const) found.push(`${at}: is not ${schema.const}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) found.push(`${at}: not listed`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value as string)) {
    found.push(`${at}: does not match ${schema.pattern}`);
  }
  if (schema.minimum !== undefined && (value as number) < schema.minimum) {
    found.push(`${at}: is below ${schema.minimum}`);
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    found.push(...value.flatMap((one, i) => faults(root, items, one, `${at}[${i}]`)));
  }
  if (isOf("object", value)) found.push(...memberFaults(root, schema, value as object, at));
  return found;
}

function memberFaults(root: Schema, schema: Schema, value: object, at: string): readonly string[] {
  const { properties = {}, required = [], propertyNames = {}, additionalProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${at}: ${name} is missing`),
    ...Object.keys(value).flatMap((name) => faults(root, propertyNames, name, `${at}: ${name}`)),
    ...Object.entries(value).flatMap(([name, member]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known !== undefined) return faults(root, known, member, `${at}.${name}`);
      return additionalProperties === false ? [`${at}.${name}: is not in the schema`] : [];
    }),
  ];
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
