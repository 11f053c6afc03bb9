import type { AddressInfo, Socket } from "node:net";
import tls from "node:tls";

/** What the listener saw of one finished handshake. */
export interface SeenSession {
  readonly protocol: string;
  /** True when the client's certificate chains to `ca`. */
  readonly authorized: boolean;
  /** Common name of the client's certificate; undefined where it sent none. */
  readonly clientName: string | undefined;
  /** The first bytes after the handshake, as Latin-1; empty where the client sent nothing. */
  readonly firstBytes: string;
}

export interface TlsListener {
  readonly port: number;
  /** Finished handshakes since the last call of `forget`. */
  readonly sessions: readonly SeenSession[];
  /** Codes of failed ones, such as `ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE`. */
  readonly failures: readonly string[];
  forget(): void;
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** PEM. */
  readonly key: string;
  /** PEM, leaf first. */
  readonly cert: string;
  /** PEM signers that client certificates are judged by; a client certificate is asked for when given. */
  readonly ca?: string | readonly string[];
  /** Hang up on a client that has no certificate of `ca` (the default is to note it and hang up after). */
  readonly strict?: boolean;
  readonly maxVersion?: "TLSv1.2";
  /** Wait for the client to speak first before hanging up. */
  readonly awaitBytes?: boolean;
}

/** A TLS server on loopback that finishes handshakes, notes what it saw, and hangs up. */
export async function listenTls(options: ListenerOptions): Promise<TlsListener> {
  const sessions: SeenSession[] = [];
  const failures: string[] = [];
  const open = new Set<Socket>();
  const server = tls.createServer(
    {
      key: options.key,
      cert: options.cert,
      ...(options.ca === undefined ? {} : { ca: [options.ca].flat() }),
      requestCert: options.ca !== undefined,
      rejectUnauthorized: options.strict === true,
      ...(options.maxVersion === undefined ? {} : { maxVersion: options.maxVersion }),
    },
    (socket) => {
      const name = socket.getPeerCertificate()?.subject?.CN;
      const note = (firstBytes: string): void => {
        sessions.push({
          protocol: socket.getProtocol() ?? "",
          authorized: socket.authorized,
          clientName: Array.isArray(name) ? name[0] : name,
          firstBytes,
        });
      };
      socket.on("error", () => {});
      if (options.awaitBytes !== true) {
        note("");
        socket.end();
        return;
      }
      let noted = false;
      socket.once("data", (bytes) => {
        noted = true;
        note(bytes.toString("latin1"));
        socket.end();
      });
      socket.once("close", () => {
        if (!noted) note("");
      });
    },
  );
  server.on("tlsClientError", (error: NodeJS.ErrnoException) => {
    // A client that refuses us says so in an alert; one that merely goes away tells nothing.
    if (error.code !== "ECONNRESET") failures.push(error.code ?? error.message);
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, "localhost", ready));
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    failures,
    forget() {
      sessions.length = 0;
      failures.length = 0;
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
