/** Options that `plainArguments` knows, by their long names without dashes. */
export interface PlainOptions {
  /** Those without a value, such as `json`. */
  readonly flags: readonly string[];
  /** Those with one, such as `password`. */
  readonly values: readonly string[];
}

/** What a command line says, however it was read. */
export interface Arguments {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads the arguments of everyday use: operands, and known options each at most once.
 *
 * commander takes as long to load as a store to list, so a command that declares its `plain` options is asked
 * this first. It gives what commander would, or nothing (docs/decisions/0121).
 *
 * @param argv - what stands after the verb
 * @returns undefined where commander must look: no operand, another option, a short one, `--name=value`,
 *   a value that begins with a dash, `--`
 */
export function plainArguments(
  argv: readonly string[],
  known: PlainOptions,
): Arguments | undefined {
  const args: string[] = [];
  const options: Record<string, unknown> = {};
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (!word.startsWith("-")) {
      args.push(word);
      continue;
    }
    const name = word.startsWith("--") ? word.slice(2) : "";
    if (Object.hasOwn(options, name)) return undefined;
    if (known.flags.includes(name)) options[name] = true;
    else if (known.values.includes(name)) {
      const value = argv[++i];
      if (value === undefined || value.startsWith("-")) return undefined;
      options[name] = value;
    } else return undefined;
  }
  return args.length === 0 ? undefined : { args, options };
}
