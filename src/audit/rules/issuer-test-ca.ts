import { rule } from "../rule.ts";
import { named } from "../words.ts";

/** CAs that anybody can have certificates of, by their published names. */
const TEST_CAS: readonly (readonly [RegExp, string])[] = [
  [/^CN=Root Agency$/i, "Microsoft's makecert"],
  [/CN=mkcert .*|O=mkcert development (CA|certificate)/i, "mkcert on a developer's machine"],
  [/\bbadssl\b/i, "badssl.com"],
  [
    /CN=Fake LE (Root|Intermediate) X\d|CN=\(STAGING\)|O=\(STAGING\)|CN=happy hacker fake CA/i,
    "Let's Encrypt's staging",
  ],
  [/CN=Pebble (Root|Intermediate) CA/i, "Pebble, the ACME test server"],
  [/O=Snake ?Oil(\\?,| |$)|CN=Snake ?Oil (Test )?(Root )?CA/i, "mod_ssl's snake oil CA"],
  [/CN=Caddy Local Authority/i, "Caddy's local CA"],
  [/CN=MockServer ?Root|CN=www\.mockserver\.com/i, "MockServer, whose CA key is published"],
  [/CN=(mitmproxy|PortSwigger CA|Charles Proxy CA|DO_NOT_TRUST_FiddlerRoot)/i, "a recording proxy"],
  [/CN=Superfish|O=Superfish/i, "Superfish, whose key is public"],
  [/CN=eDellRoot|CN=DSDTestProvider/i, "Dell's eDellRoot, whose key is public"],
  [
    /CN=Kubernetes Ingress Controller Fake Certificate|CN=TRAEFIK DEFAULT CERT/i,
    "an ingress without a certificate",
  ],
];

export const issuerTestCa = rule({
  id: "issuer-test-ca",
  on: "use",
  severity: "error",
  title: "the certificate is from a CA for tests",
  cites: [
    "Names as the makers publish them: makecert, mkcert, badssl.com, Let's Encrypt staging, Pebble, mod_ssl",
    "practice",
  ],
  profiles: ["default"],
  check({ view, use, whole }) {
    // Thousands of certificates have few issuers.
    const known = whole.once("testCas", () => new Map<string, string | undefined>());
    if (!known.has(view.issuer)) {
      known.set(view.issuer, TEST_CAS.find(([name]) => name.test(view.issuer))?.[1]);
    }
    const found = known.get(view.issuer);
    if (found === undefined) return undefined;
    // Above a key of this store it is the same fault, told of the key's certificate.
    if (use === "chain") return undefined;
    if (use === "signer" && whole.chained.has(view.certificate.sha256)) return undefined;
    return { facts: { subject: view.subject, issuer: view.issuer, use, maker: found } };
  },
  explain: ({ subject, issuer, use, maker }) =>
    use === "signer"
      ? `${named(subject)} of ${maker} is trusted here: whoever has that CA's key passes for anybody.`
      : `${named(subject)} is from ${named(issuer)}, a CA for tests (${maker}): nobody should trust it in operation.`,
  fix: ({ use }) =>
    use === "signer"
      ? "Remove it: keytool -delete or runmqakm -cert -delete."
      : "Issue a certificate from your own CA with pki issue.",
});
