import { hostsOf } from "./host-names.ts";
import { isPresented, mayBe } from "./role.ts";
import type { UseSubject } from "./rule.ts";

const LOCAL =
  /^(localhost(\.localdomain)?|([^.]+\.)*localhost|127(\.\d+){3}|::1|0:0:0:0:0:0:0:1)$/i;

/** The names of a server's certificate where all of them are the machine itself; undefined for others. */
export function localNamesOnly(subject: UseSubject): readonly string[] | undefined {
  const { view } = subject;
  if (!isPresented(subject) || view.ca || !mayBe(view, "serverAuth")) return undefined;
  const hosts = hostsOf(view);
  return hosts.length > 0 && hosts.every((host) => LOCAL.test(host)) ? hosts : undefined;
}
