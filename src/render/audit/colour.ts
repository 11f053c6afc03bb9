/**
 * Whether escape sequences for colours may be written: `NO_COLOR` (any value but empty) forbids them,
 * `FORCE_COLOR` (any value but empty, `0` or `false`) asks for them, else a terminal that is not `dumb` gets them.
 *
 * @param env - one variable of the environment by its name
 */
export function wantsColour(
  env: (name: string) => string | undefined,
  outputIsTerminal: boolean,
): boolean {
  if ((env("NO_COLOR") ?? "") !== "") return false;
  const forced = env("FORCE_COLOR") ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return outputIsTerminal && env("TERM") !== "dumb";
}
