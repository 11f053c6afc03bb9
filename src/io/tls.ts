import type { AddressInfo } from "node:net";
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type DetailedPeerCertificate,
  type TLSSocket,
  type TlsOptions as TlsServerOptions,
} from "node:tls";
import { concat } from "../bytes/octets.ts";
import { writePem } from "../bytes/pem.ts";
import type { HostTls, TlsEnd, TlsOptions, TlsOutcome } from "./host.ts";

/** A handshake on loopback takes milliseconds; a larger wait only hides a hang. */
const TIMEOUT_MS = 10_000;
/** How long the end that was told "no" waits for the other to say why. */
const GRACE_MS = 250;
/** The one name every certificate is reached by; nothing is looked up, and names are not compared. */
const SERVER_NAME = "localhost";

type Refusal = { readonly by: "server" | "client"; readonly code: string; readonly own: boolean };

/** The real `Host.tls`: node:tls over 127.0.0.1. Loaded by the commands that prove something. */
export const nodeTls: HostTls = { handshake };

async function handshake(server: TlsEnd, client: TlsEnd, options: TlsOptions): Promise<TlsOutcome> {
  const serverPem = endPem(server);
  const clientPem = endPem(client);
  try {
    return await new Run(serverPem, clientPem, options).outcome();
  } finally {
    serverPem.key?.fill(0);
    clientPem.key?.fill(0);
  }
}

interface EndPem {
  readonly key?: Uint8Array;
  readonly cert?: string;
  readonly ca: readonly string[];
}

/** node:tls takes PEM only; the key's PEM is bytes, so that it can be overwritten afterwards. */
function endPem(end: TlsEnd): EndPem {
  const ca = loadable(end.trusted.map((certificate) => writePem("CERTIFICATE", certificate)));
  if (end.identity === undefined) return { ca };
  const cert = end.identity.chain.map((one) => writePem("CERTIFICATE", one)).join("");
  return { key: end.identity.pkcs8.use(keyPem), cert, ca };
}

/**
 * Leaves out what the library cannot read, such as one odd certificate among a hundred public CAs: it
 * could vouch for nobody, and would keep the others from being loaded.
 */
function loadable(ca: readonly string[]): readonly string[] {
  const loads = (some: readonly string[]) => {
    try {
      createSecureContext({ ca: [...some] });
      return true;
    } catch {
      return false;
    }
  };
  return loads(ca) ? ca : ca.filter((one) => loads([one]));
}

function keyPem(pkcs8: Uint8Array): Uint8Array {
  const ascii = (text: string) => new TextEncoder().encode(text);
  const body = base64(pkcs8);
  const pem = concat([
    ascii("-----BEGIN PRIVATE KEY-----\n"),
    body,
    ascii("\n-----END PRIVATE KEY-----\n"),
  ]);
  body.fill(0);
  return pem;
}

/** Base64 as bytes, so that no string of the key is made. Lines of 64, as PEM has them. */
function base64(bytes: Uint8Array): Uint8Array {
  const alphabet = new TextEncoder().encode(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  );
  const digits = Math.ceil(bytes.length / 3) * 4;
  const out = new Uint8Array(digits + Math.floor((digits - 1) / 64)).fill(0x3d);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    if (at % 65 === 64) out[at++] = 0x0a;
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    out[at++] = alphabet[a >> 2] as number;
    out[at++] = alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)] as number;
    if (b !== undefined) out[at] = alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)] as number;
    at++;
    if (c !== undefined) out[at] = alphabet[c & 63] as number;
    at++;
  }
  return out;
}

/** One handshake: a server for one connection, a client, and what became of both. */
class Run {
  readonly #server: EndPem;
  readonly #client: EndPem;
  readonly #options: TlsOptions;
  readonly #refusals: Refusal[] = [];
  readonly #sockets: TLSSocket[] = [];
  #finish: (outcome: TlsOutcome) => void = () => {};
  #clientPresented: readonly Uint8Array[] = [];
  #grace: NodeJS.Timeout | undefined;

  constructor(server: EndPem, client: EndPem, options: TlsOptions) {
    this.#server = server;
    this.#client = client;
    this.#options = options;
  }

  async outcome(): Promise<TlsOutcome> {
    const result = new Promise<TlsOutcome>((resolve) => {
      this.#finish = resolve;
    });
    const timeout = setTimeout(() => this.#refused("TIMEOUT"), TIMEOUT_MS);
    const listener = this.#listen();
    try {
      return await result;
    } finally {
      clearTimeout(timeout);
      clearTimeout(this.#grace);
      for (const socket of this.#sockets) socket.destroy();
      listener?.close();
    }
  }

  #listen() {
    const wanted = this.#options.clientCertificate === "required";
    const settings: TlsServerOptions = {
      ...identityOptions(this.#server),
      ca: [...this.#server.ca],
      requestCert: wanted,
      rejectUnauthorized: wanted && this.#options.verify === "peer",
      minVersion: "TLSv1.2",
    };
    let listener: ReturnType<typeof createServer>;
    try {
      listener = createServer(settings);
    } catch (error) {
      this.#finish({ finished: false, refusedBy: "server", reason: codeOf(error) });
      return undefined;
    }
    listener.on("secureConnection", (socket) => {
      this.#sockets.push(socket);
      socket.on("error", (error) => this.#failed("server", error));
      this.#clientPresented = presented(socket);
      if (wanted && this.#clientPresented.length === 0) {
        // Only a library that leaves the decision to the program comes here.
        this.#say({ by: "server", code: "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", own: true });
        return;
      }
      if (wanted && this.#options.verify === "peer" && !socket.authorized) {
        this.#say({ by: "server", code: authorizationCode(socket) ?? "UNTRUSTED", own: true });
        return;
      }
      // The byte after the handshake: with TLS 1.3 a client believes it is connected before the
      // server has judged its certificate.
      socket.write("1");
    });
    listener.on("tlsClientError", (error: Error, socket: TLSSocket) => {
      const verdict = authorizationCode(socket);
      if (verdict !== undefined) this.#say({ by: "server", code: verdict, own: true });
      else this.#failed("server", error);
    });
    listener.on("error", (error) => this.#failed("server", error));
    listener.listen(0, "127.0.0.1", () => this.#connect((listener.address() as AddressInfo).port));
    return listener;
  }

  #connect(port: number): void {
    const settings: ConnectionOptions = {
      ...identityOptions(this.#client),
      host: "127.0.0.1",
      port,
      servername: SERVER_NAME,
      ca: [...this.#client.ca],
      rejectUnauthorized: this.#options.verify === "peer",
      checkServerIdentity: () => undefined,
      minVersion: "TLSv1.2",
    };
    let socket: TLSSocket;
    try {
      socket = connect(settings);
    } catch (error) {
      this.#finish({ finished: false, refusedBy: "client", reason: codeOf(error) });
      return;
    }
    this.#sockets.push(socket);
    // Once the socket is gone, its peer and cipher are too: they are noted while it lives.
    socket.once("data", () => {
      this.#finish({
        finished: true,
        protocol: socket.getProtocol() ?? "unknown",
        cipher: socket.getCipher().standardName ?? socket.getCipher().name,
        serverPresented: presented(socket),
        clientPresented: this.#clientPresented,
      });
    });
    socket.on("error", (error) => this.#failed("client", error));
    socket.on("close", () => this.#failed("client", new Error("closed")));
  }

  #failed(by: "server" | "client", error: unknown): void {
    const code = codeOf(error);
    this.#say({ by, code, own: !isEcho(code) });
  }

  /**
   * Notes a refusal. The end that refused knows the reason; the other gets an alert or a closed
   * socket. So an own verdict decides at once, an echo only when nothing better comes.
   */
  #say(refusal: Refusal): void {
    this.#refusals.push(refusal);
    if (refusal.own) {
      this.#finish({ finished: false, refusedBy: refusal.by, reason: refusal.code });
      return;
    }
    this.#grace ??= setTimeout(() => {
      const alert = this.#refusals.find((one) => /ALERT/.test(one.code)) ?? this.#refusals[0];
      if (alert === undefined || !/ALERT/.test(alert.code)) this.#refused(alert?.code ?? "CLOSED");
      else {
        const refusedBy = alert.by === "client" ? "server" : "client";
        this.#finish({ finished: false, refusedBy, reason: alert.code });
      }
    }, GRACE_MS);
  }

  #refused(reason: string): void {
    this.#finish({ finished: false, refusedBy: "unknown", reason });
  }
}

function identityOptions(end: EndPem): { key?: Buffer; cert?: string } {
  if (end.key === undefined || end.cert === undefined) return {};
  return { key: Buffer.from(end.key.buffer, end.key.byteOffset, end.key.length), cert: end.cert };
}

/** True for what an end sees when the other one ended the connection. */
function isEcho(code: string): boolean {
  return /ALERT|ECONNRESET|EPIPE|CLOSED|ECONNABORTED|UNEXPECTED_EOF/.test(code);
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return message === "closed" ? "CLOSED" : "UNKNOWN";
}

/** Node keeps the verdict as a code, other runtimes as an Error. */
function authorizationCode(socket: TLSSocket): string | undefined {
  const verdict: unknown = socket.authorizationError;
  if (verdict === undefined || verdict === null) return undefined;
  if (typeof verdict === "string") return verdict;
  return codeOf(verdict);
}

/** The chain that the other end presented, as far as the library shows it. */
function presented(socket: TLSSocket): readonly Uint8Array[] {
  const out: Uint8Array[] = [];
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw !== undefined && out.length < 16) {
    out.push(new Uint8Array(one.raw));
    const issuer: DetailedPeerCertificate | undefined = one.issuerCertificate;
    // A self-signed certificate is its own issuer: the same object here, an equal one elsewhere.
    if (issuer?.raw === undefined || issuer.raw.equals(one.raw)) break;
    one = issuer;
  }
  return out;
}
