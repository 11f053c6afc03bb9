import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { auditPaths } from "../../../../src/app/audit.ts";
import { auditJson } from "../../../../src/render/audit/json.ts";
import { fakeHost } from "../../../support/fake-host.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));
const AT = new Date("2127-01-01T00:00:00Z");

/** Five copies of every store: from the second on a record is met again, from the third on it is kept. */
function copies(): Record<string, Uint8Array> {
  const stores = [
    "kdb/v4.kdb",
    "java/chain.jks",
    "pkcs12/keytool.p12",
    "attacks/p12-truncated.p12",
  ];
  const hosts = ["a", "b", "c", "d", "e"];
  return Object.fromEntries(
    hosts.flatMap((host) =>
      stores.map((path) => [`${host}/${path.replace(/.*\//, "")}`, fixture(path)]),
    ),
  );
}

test("copies of a store that the cache knows are told each in its place, as without a cache", async () => {
  const options = { at: AT, profiles: ["mq", "java", "strict"] } as const;
  const plain = await auditPaths(fakeHost({ files: copies() }), ["."], options);
  const host = fakeHost({ files: copies() });
  const cold = await auditPaths(host, ["."], { ...options, cache: "/audit.cache" });
  const write = cold.writes.find(({ path }) => path === "/audit.cache");
  if (write === undefined) throw new Error("no cache was written");
  const filled = fakeHost({ files: { ...copies(), "/audit.cache": write.bytes } });
  const warm = await auditPaths(filled, ["."], { ...options, cache: "/audit.cache" });
  const shown = ({ result }: typeof plain) => JSON.stringify(auditJson(result.report));
  expect(plain.result.report.summary.stores).toBe(10);
  expect(shown(cold)).toBe(shown(plain));
  expect(shown(warm)).toBe(shown(plain));
});
