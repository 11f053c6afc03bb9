import type { HostTls, TlsEnd, TlsOutcome } from "../../src/io/host.ts";
import type { Certificate } from "../../src/model/certificate.ts";
import { completeChain } from "../../src/x509/chain.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { keyMatches } from "../../src/x509/private-key.ts";

/**
 * Handshakes without sockets, judged at the fake clock's time: what a transcript prints about a proof
 * stays the same when the machine's clock moves on. The real ones are tested in test/unit/io/tls.test.ts.
 */
export function fakeTls(now: () => Date): HostTls {
  return {
    async handshake(server, client, options): Promise<TlsOutcome> {
      const serverChain = chainOf(server);
      const clientChain = chainOf(client);
      for (const [end, chain, refusedBy] of [
        [server, serverChain, "server"],
        [client, clientChain, "client"],
      ] as const) {
        const [leaf] = chain;
        if (leaf === undefined) continue;
        if (!end.identity?.pkcs8.use((pkcs8) => keyMatches(pkcs8, leaf))) {
          return { finished: false, refusedBy, reason: "ERR_OSSL_X509_KEY_VALUES_MISMATCH" };
        }
      }
      const peer = options.verify === "peer";
      const wanted = options.clientCertificate === "required";
      const byClient = peer ? verdict(serverChain, client, now()) : undefined;
      if (byClient !== undefined) return { finished: false, refusedBy: "client", reason: byClient };
      if (wanted && clientChain.length === 0) {
        const reason = "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE";
        return { finished: false, refusedBy: "server", reason };
      }
      const byServer = peer && wanted ? verdict(clientChain, server, now()) : undefined;
      if (byServer !== undefined) return { finished: false, refusedBy: "server", reason: byServer };
      return {
        finished: true,
        protocol: "TLSv1.3",
        cipher: "TLS_AES_256_GCM_SHA384",
        serverPresented: server.identity?.chain ?? [],
        clientPresented: wanted ? (client.identity?.chain ?? []) : [],
      };
    },
  };
}

function chainOf(end: TlsEnd): readonly Certificate[] {
  return (end.identity?.chain ?? []).map((der) => parseCertificate(der));
}

function verdict(presented: readonly Certificate[], judge: TlsEnd, now: Date): string | undefined {
  const [leaf] = presented;
  if (leaf === undefined) return "ERR_SSL_NO_SHARED_CIPHER";
  const trusted = judge.trusted.map((der) => parseCertificate(der));
  const { chain, complete } = completeChain(leaf, [...presented, ...trusted]);
  const root = chain.at(-1);
  if (!complete) return "UNABLE_TO_GET_ISSUER_CERT_LOCALLY";
  if (!trusted.some((one) => one.sha256 === root?.sha256)) {
    return chain.length === 1 ? "DEPTH_ZERO_SELF_SIGNED_CERT" : "SELF_SIGNED_CERT_IN_CHAIN";
  }
  if (chain.some((one) => one.notAfter < now)) return "CERT_HAS_EXPIRED";
  if (chain.some((one) => one.notBefore > now)) return "CERT_NOT_YET_VALID";
  return undefined;
}
