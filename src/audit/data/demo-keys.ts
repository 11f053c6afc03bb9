/** What a finding says of this project's own test keys. */
const OURS = "a test key of this program's own fixtures, published with its source";
const WEBSPHERE =
  "the dummy key of WebSphere Application Server before 6.1, the same in every installation";
const PLUG_IN = "the key shipped with the WebSphere web server plug-in, expired on 26 April 2012";

/**
 * SHA-256 of SubjectPublicKeyInfo of keys whose private half is published, and where.
 *
 * Only keys that we hold ourselves are listed: test/unit/audit/arithmetic.test.ts derives each hash from
 * the private key it names.
 */
export const DEMO_KEYS: Readonly<Record<string, string>> = {
  "55c7661cdeabc0adad4d1d6c77e25eef8ff652f3b986708b2711beda8cb18cea": OURS, // pem/client-key.pem
  c7757371f2cd276b384c6b3d9b04f1ef69e060b57b5e34703895b624b038d3e3: OURS, // pem/ed25519-key.pem
  b9eb6e49ec19af5f2e3290526715580cefe9ef5e546f3cf8062372f565a59cde: OURS, // pem/intermediate-key.pem
  bda967193b9985da9ca9cc41b6b4060def8d3294dc800eefda31943fb5913dea: OURS, // pem/other-root-key.pem
  "16343490d1b3a9cade009fbaf6eeafde2cc745ebe9aaf95066c4267f2c828ef0": OURS, // pem/root-key.pem
  "078eb3f37ba724bd9f9200bb6875a10045d8033fd824291e5cfc505837897909": OURS, // pem/rsa-key.pem
  "1015bbaa68f08a1d76ead290524b3b76d1dae1ec7caf6e1bbb12f2cb7ce3f6ba": OURS, // pem/server-key.pem
};

/** Labels, in lower case, that such keys have in the products' own stores (IBM's documents name them). */
export const DEMO_LABELS: Readonly<Record<string, string>> = {
  "websphere dummy server": WEBSPHERE,
  "websphere dummy client": WEBSPHERE,
  "websphere plugin key": PLUG_IN,
};

/** Names of the products' own key files, in lower case. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  "dummyserverkeyfile.jks": WEBSPHERE,
  "dummyclientkeyfile.jks": WEBSPHERE,
};
