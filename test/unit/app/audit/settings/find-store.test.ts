import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { findStore } from "../../../../../src/app/audit/settings/find-store.ts";

/** A key database that `conf` names, on a disk with these files: where it is, or whether it is missing. */
async function found(
  named: string,
  where: { readonly path: string; readonly disk: string },
  files: readonly string[],
  root?: string,
): Promise<string> {
  const store = { setting: "KeyFile", line: 1, named, labels: [] };
  const directories = new Set(
    [...files, where.disk].flatMap((file) => {
      const parts = posix.dirname(file).split("/");
      return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
    }),
  );
  const disk = {
    isFile: async (path: string) => files.includes(path),
    isDirectory: async (path: string) => directories.has(path),
  };
  const answer = await findStore(root === undefined ? store : { ...store, root }, where, disk);
  return answer.path ?? (answer.missing ? "missing" : "unknown");
}

const IHS = {
  path: "/opt/IBM/HTTPServer/conf/httpd.conf",
  disk: "/opt/IBM/HTTPServer/conf/httpd.conf",
};
const KEY = "/opt/IBM/HTTPServer/key.kdb";
/** The same files as a copy of a machine's, audited from the directory above it. */
const COPY = {
  path: "host1/opt/IBM/HTTPServer/conf/httpd.conf",
  disk: "/w/host1/opt/IBM/HTTPServer/conf/httpd.conf",
};
const RELATIVE = { path: COPY.path, disk: COPY.path };

describe("a key database that a configuration names", () => {
  it.each([
    ["on the machine itself", KEY, IHS, [KEY], KEY],
    ["missing on the machine itself", KEY, IHS, [], "missing"],
    ["in a copy of the machine's files", KEY, COPY, [`/w/host1${KEY}`], `host1${KEY}`],
    ["missing in a copy", KEY, COPY, [], "missing"],
    ["in a copy, by a path that is not absolute", KEY, RELATIVE, [`host1${KEY}`], `host1${KEY}`],
    ["missing in such a copy", KEY, RELATIVE, [], "missing"],
    ["on the machine, while the copy lacks it", KEY, RELATIVE, [KEY], KEY],
    ["in a directory that is not there", "/opt/IBM/HTTPServer/ssl/key.kdb", IHS, [], "unknown"],
    ["in a directory far away", "/etc/pki/key.kdb", IHS, ["/etc/pki/other"], "unknown"],
    ["far away and there", "/etc/pki/key.kdb", IHS, ["/etc/pki/key.kdb"], "/etc/pki/key.kdb"],
    ["without its extension", "/opt/IBM/HTTPServer/key", IHS, [KEY], KEY],
    [
      "with a dot in its stem",
      "/opt/IBM/HTTPServer/key.qm1",
      IHS,
      ["/opt/IBM/HTTPServer/key.qm1.kdb"],
      "/opt/IBM/HTTPServer/key.qm1.kdb",
    ],
    ["of Windows", "C:\\IBM\\key.kdb", IHS, [], "unknown"],
    ["from nobody knows where", "key.kdb", IHS, [], "unknown"],
    ["above the root", "/../../opt/IBM/HTTPServer/key.kdb", IHS, [KEY], KEY],
  ])("%s", async (_, named, where, files, expected) => {
    expect(await found(named, where, files)).toBe(expected);
  });

  it("from the server's root", async () => {
    expect(await found("key.kdb", IHS, [KEY], "/opt/IBM/HTTPServer")).toBe(KEY);
    expect(await found("key.kdb", IHS, [], "/opt/IBM/HTTPServer")).toBe("missing");
  });

  it("in the directory that the audit runs in", async () => {
    const here = { path: "opt/IBM/httpd.conf", disk: "opt/IBM/httpd.conf" };
    expect(await found("/opt/IBM/key.kdb", here, ["opt/IBM/key.kdb"])).toBe("opt/IBM/key.kdb");
    expect(await found("/opt/IBM/key.kdb", here, [])).toBe("missing");
  });
});
