import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toHex } from "../../src/bytes/octets.ts";
import { readPem } from "../../src/bytes/pem.ts";
import { pemCodec } from "../../src/codecs/pem/index.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry } from "../../src/model/store.ts";
import { completeChain, isSelfSigned } from "../../src/x509/chain.ts";
import { describeCertificate } from "../../src/x509/describe.ts";
import { printGeneralName, subjectAltNames } from "../../src/x509/extensions.ts";
import { parseName, printName } from "../../src/x509/name.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { keyMatches } from "../../src/x509/private-key.ts";
import { openssl } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { anyRandom } from "../support/stores.ts";
import { sha256 } from "../support/view.ts";

const folder = mkdtempSync(join(tmpdir(), "pki-openssl-"));
const at = (name: string): string => join(folder, name);
const quiet = (...args: readonly string[]): string => openssl(...args);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Kind {
  readonly name: string;
  readonly genpkey: readonly string[];
  readonly sign?: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    name: "rsa1024",
    genpkey: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
    sign: ["-sha1"],
  },
  {
    name: "rsa2048",
    genpkey: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    sign: ["-sha512"],
  },
  {
    name: "rsa2049",
    genpkey: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2049"],
    sign: ["-md5"],
  },
  {
    name: "exponent3",
    genpkey: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_pubexp:3"],
    sign: ["-sha384"],
  },
  {
    name: "pss-signed",
    genpkey: ["-algorithm", "RSA"],
    sign: ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"],
  },
  { name: "pss-key", genpkey: ["-algorithm", "RSA-PSS"], sign: ["-sha384"] },
  { name: "p256", genpkey: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"] },
  {
    name: "p384",
    genpkey: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    sign: ["-sha384"],
  },
  {
    name: "p521",
    genpkey: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    sign: ["-sha512"],
  },
  { name: "secp256k1", genpkey: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"] },
  {
    name: "brainpool",
    genpkey: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP384r1"],
    sign: ["-sha512"],
  },
  {
    name: "explicit",
    genpkey: [
      "-algorithm",
      "EC",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-pkeyopt",
      "ec_param_enc:explicit",
    ],
  },
  { name: "ed25519", genpkey: ["-algorithm", "ED25519"] },
  { name: "ed448", genpkey: ["-algorithm", "ED448"] },
];

const EXTENSIONS = [
  "subjectAltName=DNS:a.example.com,DNS:*.example.com,IP:192.0.2.1,IP:2001:db8::1,email:a@example.com,URI:https://example.com/a,RID:1.2.3.4,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:user@example.com,dirName:dn",
  "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign,cRLSign",
  "extendedKeyUsage=serverAuth,clientAuth,1.2.3.4",
  "basicConstraints=critical,CA:TRUE,pathlen:3",
  "subjectKeyIdentifier=hash",
  "crlDistributionPoints=URI:http://crl.example.com/a.crl",
  "authorityInfoAccess=OCSP;URI:http://ocsp.example.com,caIssuers;URI:http://ca.example.com/a.crt",
  "certificatePolicies=1.2.3.4,@policy",
  "nameConstraints=permitted;DNS:example.com,excluded;IP:10.0.0.0/255.0.0.0",
  "[policy]",
  "policyIdentifier=1.3.5.8",
  'CPS.1="http://cps.example.com/"',
  "[dn]",
  "C=GB",
  "CN=in a SAN",
];

describePeer("openssl", "certificates of openssl", () => {
  beforeAll(() => {
    writeFileSync(at("ext"), `${EXTENSIONS.join("\n")}\n`);
    for (const { name, genpkey, sign = [] } of KINDS) {
      quiet("genpkey", "-quiet", ...genpkey, "-out", at(`${name}.key`));
      quiet(
        "req",
        "-new",
        "-key",
        at(`${name}.key`),
        "-subj",
        `/C=GB/O=Example, Ltd./CN=${name}`,
        "-out",
        at(`${name}.csr`),
      );
      quiet(
        "x509",
        "-req",
        "-in",
        at(`${name}.csr`),
        "-signkey",
        at(`${name}.key`),
        "-extfile",
        at("ext"),
        "-days",
        "30",
        ...sign,
        "-out",
        at(`${name}.pem`),
      );
    }
  });

  const derOf = (name: string): Uint8Array => {
    const [block] = readPem(new Uint8Array(readFileSync(at(`${name}.pem`))));
    if (block === undefined) throw new Error(`no block in ${name}`);
    return block.der;
  };

  it.each(KINDS.map(({ name }) => name))("%s reads as openssl x509 -text prints it", (name) => {
    const der = derOf(name);
    const cert = parseCertificate(der);
    const text = openssl("x509", "-in", at(`${name}.pem`), "-noout", "-text");
    const found = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]?.trim();

    expect(cert.signatureAlgorithm).toBe(found(/Signature Algorithm: (.*)/));
    const bits = found(/Public-Key: \((\d+) bit\)/);
    if (bits !== undefined) expect(cert.publicKey.bits).toBe(Number(bits));
    const exponent = found(/Exponent: \d+ \(0x([0-9a-f]+)\)/);
    expect(cert.publicKey.exponent).toBe(exponent);
    const curve = found(/NIST CURVE: (.*)/) ?? found(/ASN1 OID: (.*)/);
    expect(cert.publicKey.curve).toBe(name === "explicit" ? "explicit" : curve);

    const line = (option: string, ...more: string[]): string =>
      openssl("x509", "-in", at(`${name}.pem`), "-noout", option, ...more)
        .trim()
        .replace(/^[^=]*=/, "");
    expect(printName(cert.subject)).toBe(line("-subject", "-nameopt", "RFC2253"));
    expect(cert.serial.toUpperCase()).toBe(line("-serial"));
    expect(cert.notBefore).toEqual(new Date(line("-startdate")));
    expect(cert.notAfter).toEqual(new Date(line("-enddate")));
    const view = describeCertificate(cert);
    expect(view.sha1).toBe(line("-fingerprint", "-sha1"));
    expect(view.sha256).toBe(line("-fingerprint", "-sha256"));
  });

  it("extensions read as openssl prints them", () => {
    const cert = parseCertificate(derOf("p256"));
    expect(subjectAltNames(cert).map(printGeneralName)).toEqual([
      "DNS:a.example.com",
      "DNS:*.example.com",
      "IP:192.0.2.1",
      "IP:2001:db8::1",
      "email:a@example.com",
      "URI:https://example.com/a",
      "RID:1.2.3.4",
      "otherName:1.3.6.1.4.1.311.20.2.3;user@example.com",
      "dirName:CN=in a SAN,C=GB",
    ]);
    const values = new Map(
      describeCertificate(cert).extensions.map(({ name, values: lines }) => [name, lines]),
    );
    const key = /Subject Key Identifier: *\n *([0-9A-F:]+)/.exec(
      openssl("x509", "-in", at("p256.pem"), "-noout", "-ext", "subjectKeyIdentifier"),
    )?.[1];
    expect(Object.fromEntries(values)).toMatchObject({
      "Key Usage": ["digitalSignature, keyEncipherment, keyCertSign, cRLSign"],
      "Extended Key Usage": ["serverAuth, clientAuth, 1.2.3.4"],
      "Basic Constraints": ["CA:TRUE, pathlen:3"],
      "Subject Key Identifier": [key],
      "CRL Distribution Points": ["URI:http://crl.example.com/a.crl"],
      "Authority Information Access": [
        "OCSP - URI:http://ocsp.example.com",
        "caIssuers - URI:http://ca.example.com/a.crt",
      ],
      "Certificate Policies": ["1.2.3.4", "1.3.5.8", "CPS: http://cps.example.com/"],
      "Name Constraints": ["permitted DNS:example.com", "excluded IP:10.0.0.0/255.0.0.0"],
    });
  });

  it.each(KINDS.map(({ name }) => name))(
    "%s: signature and key, as node:crypto judges them",
    (name) => {
      const der = derOf(name);
      const cert = parseCertificate(der);
      const theirs = new X509Certificate(der);
      // Explicit parameters are refused here and taken by OpenSSL.
      expect(isSelfSigned(cert)).toBe(name !== "explicit" && theirs.verify(theirs.publicKey));
      if (name === "explicit") return;
      const pkcs8 = readPem(new Uint8Array(readFileSync(at(`${name}.key`))))[0]?.der;
      expect(keyMatches(pkcs8 as Uint8Array, cert)).toBe(true);
    },
  );

  it.each([
    "CN=QM1,O=Example,C=GB",
    'CN=Zoë \\"the\\" Client\\, Esq.,OU=a\\+b,O=Ünïcode Ltd.,C=DE',
    "CN=a/b,DC=example,DC=com",
    "emailAddress=a@example.com,CN=\\#1\\ ,UID=u,STREET=1 Way,L=London,ST=Kent",
  ])("openssl prints our %s", (text) => {
    const template = parseCertificate(derOf("p256"));
    // Our name in openssl's certificate: openssl does not look at the signature to print it.
    const name = parseName(text);
    const at_ = Buffer.from(template.der).indexOf(Buffer.from(template.subject.der));
    expect(at_).toBeGreaterThan(0);
    writeFileSync(at("name.der"), name.der);
    const dumped = execFileSync("openssl", ["asn1parse", "-inform", "DER", "-in", at("name.der")], {
      encoding: "utf8",
    });
    const strings = [...dumped.matchAll(/prim: (\w+STRING|UTF8STRING) *:(.*)/g)].map(
      ([, , value]) => value,
    );
    expect(strings.length).toBe(name.rdns.flat().length);
    expect(
      openssl(
        "x509",
        "-in",
        reSubject(template.der, template.subject.der, name.der),
        "-inform",
        "DER",
        "-noout",
        "-subject",
        "-nameopt",
        "RFC2253,-esc_msb,utf8",
      )
        .trim()
        .replace("street=", "STREET="), // RFC 4514 §3 writes it so
    ).toBe(`subject=${text}`);
  });

  /** Exchanges the subject inside a certificate and makes the lengths around it right. */
  function reSubject(der: Uint8Array, old: Uint8Array, wanted: Uint8Array): string {
    // The issuer is the same bytes and comes first: both are exchanged.
    let hex = toHex(der);
    hex = hex.replaceAll(toHex(old), toHex(wanted));
    const bytes = Buffer.from(hex, "hex");
    const grown = 2 * (wanted.length - old.length);
    for (const offset of [2, 6]) bytes.writeUInt16BE(bytes.readUInt16BE(offset) + grown, offset);
    writeFileSync(at("renamed.der"), bytes);
    return at("renamed.der");
  }
});

describePeer("openssl", "PEM between openssl and us", () => {
  const password = { store: Secret.fromText("correct horse") };
  let entries: readonly Entry[] = [];

  beforeAll(() => {
    writeFileSync(at("ca.ext"), "basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n");
    for (const [name, ca] of [
      ["root", ""],
      ["middle", "root"],
      ["leaf", "middle"],
    ] as const) {
      quiet(
        "genpkey",
        "-quiet",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        at(`${name}.key`),
      );
      quiet(
        "req",
        "-new",
        "-key",
        at(`${name}.key`),
        "-subj",
        `/CN=${name}`,
        "-out",
        at(`${name}.csr`),
      );
      const signer =
        ca === ""
          ? ["-signkey", at(`${name}.key`)]
          : ["-CA", at(`${ca}.pem`), "-CAkey", at(`${ca}.key`), "-CAcreateserial"];
      quiet(
        "x509",
        "-req",
        "-in",
        at(`${name}.csr`),
        ...signer,
        "-days",
        "30",
        "-extfile",
        name === "leaf" ? "/dev/null" : at("ca.ext"),
        "-out",
        at(`${name}.pem`),
      );
    }
    const cert = (name: string) => {
      const der = readPem(new Uint8Array(readFileSync(at(`${name}.pem`))))[0]?.der;
      return parseCertificate(der as Uint8Array);
    };
    const key = readPem(new Uint8Array(readFileSync(at("leaf.key"))))[0]?.der as Uint8Array;
    const { chain } = completeChain(cert("leaf"), [cert("root"), cert("middle")]);
    entries = [
      {
        kind: "key",
        label: "my key",
        key: { state: "open", pkcs8: new Secret(key.slice()) },
        chain,
      },
      { kind: "trusted", label: "a root, renamed", certificate: cert("root"), enabled: true },
    ];
  });

  it("openssl opens our key, finds our certificates behind their labels, and verifies the chain", async () => {
    const container = pemCodec.create({}, anyRandom);
    writeFileSync(
      at("ours.pem"),
      await pemCodec.write({ entries }, container, password, anyRandom),
    );
    expect(readFileSync(at("ours.pem"), "utf8")).toContain("friendlyName: my key");
    const opened = openssl(
      "pkey",
      "-in",
      at("ours.pem"),
      "-passin",
      "pass:correct horse",
      "-outform",
      "PEM",
    );
    expect(opened).toBe(openssl("pkey", "-in", at("leaf.key")));
    expect(() => openssl("pkey", "-in", at("ours.pem"), "-passin", "pass:wrong")).toThrow();
    const bundled = openssl("crl2pkcs7", "-nocrl", "-certfile", at("ours.pem"));
    writeFileSync(at("bundled.p7"), bundled);
    const subjects = openssl("pkcs7", "-in", at("bundled.p7"), "-print_certs", "-noout");
    expect(subjects.match(/^subject=.*$/gm)).toEqual(
      ["leaf", "middle", "root", "root"].map((name) => `subject=CN = ${name}`),
    );
    expect(openssl("x509", "-in", at("ours.pem"), "-noout", "-subject").trim()).toBe(
      "subject=CN = leaf",
    );
    expect(
      openssl("verify", "-CAfile", at("root.pem"), "-untrusted", at("ours.pem"), at("leaf.pem")),
    ).toContain(": OK");
  });

  it("what openssl pkcs12 prints reads back with labels and chain, and is written back unchanged", async () => {
    writeFileSync(
      at("chain.pem"),
      readFileSync(at("middle.pem"), "utf8") + readFileSync(at("root.pem"), "utf8"),
    );
    quiet(
      "pkcs12",
      "-export",
      "-inkey",
      at("leaf.key"),
      "-in",
      at("leaf.pem"),
      "-certfile",
      at("chain.pem"),
      "-name",
      "Zoë's key",
      "-passout",
      "pass:x",
      "-out",
      at("store.p12"),
    );
    for (const options of [["-nodes"], ["-passout", "pass:correct horse"]]) {
      quiet(
        "pkcs12",
        "-in",
        at("store.p12"),
        "-passin",
        "pass:x",
        ...options,
        "-out",
        at("printed.pem"),
      );
      const file = new Uint8Array(readFileSync(at("printed.pem")));
      for (const passwords of [{}, password]) {
        const { store, container } = await pemCodec.read(file, passwords);
        expect(store.entries.map(({ kind, label }) => [kind, label])).toEqual([
          ["key", "Zoë's key"],
        ]);
        const [entry] = store.entries;
        if (entry?.kind !== "key") throw new Error("no key entry");
        expect(entry.chain.map(({ subject }) => printName(subject))).toEqual([
          "CN=leaf",
          "CN=middle",
          "CN=root",
        ]);
        const open = await pemCodec.unseal(entry.key, password);
        expect(open.use((pkcs8) => keyMatches(pkcs8, entry.chain[0]))).toBe(true);
        const written = await pemCodec.write(store, container, passwords, anyRandom);
        expect(sha256(written)).toBe(sha256(file));
      }
    }
  });

  it.each([
    ["RSA", "-aes128"],
    ["RSA", "-aes192"],
    ["RSA", "-aes256"],
    ["RSA", "-des3"],
    ["EC", "-aes256"],
    ["EC", "-des3"],
  ])("opens openssl's traditional %s key under %s", async (kind, cipher) => {
    const source = kind === "RSA" ? at("traditional.key") : at("leaf.key");
    if (kind === "RSA")
      quiet(
        "genpkey",
        "-quiet",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:1024",
        "-out",
        source,
      );
    quiet(
      kind === "RSA" ? "rsa" : "ec",
      "-in",
      source,
      ...(kind === "RSA" ? ["-traditional"] : []),
      cipher,
      "-passout",
      "pass:correct horse",
      "-out",
      at("sealed.key"),
    );
    const file = new Uint8Array(readFileSync(at("sealed.key")));
    const [entry] = (await pemCodec.read(file, {})).store.entries;
    if (entry?.kind !== "secret") throw new Error("no key");
    const open = await pemCodec.unseal(entry.key, password);
    expect(open.use(sha256)).toBe(
      sha256(readPem(new Uint8Array(readFileSync(source)))[0]?.der as Uint8Array),
    );
  });

  it.each([
    ["aes-128-cbc", "hmacWithSHA1"],
    ["aes-256-cbc", "hmacWithSHA512"],
    ["des3", "hmacWithSHA256"],
  ])("opens openssl's PKCS#8 key under %s and %s", async (cipher, prf) => {
    quiet(
      "pkcs8",
      "-topk8",
      "-in",
      at("leaf.key"),
      "-v2",
      cipher,
      "-v2prf",
      prf,
      "-passout",
      "pass:correct horse",
      "-out",
      at("sealed.p8"),
    );
    const [entry] = (await pemCodec.read(new Uint8Array(readFileSync(at("sealed.p8"))), {})).store
      .entries;
    if (entry?.kind !== "secret") throw new Error("no key");
    const open = await pemCodec.unseal(entry.key, password);
    expect(open.use(sha256)).toBe(
      sha256(readPem(new Uint8Array(readFileSync(at("leaf.key"))))[0]?.der as Uint8Array),
    );
  });
});

for (const keytool of ["keytool17", "keytool25"] as const) {
  describePeer(["openssl", keytool], `PEM for ${keytool}`, (_, program) => {
    it("imports a certificate with our label text above it", async () => {
      quiet(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        at("k.key"),
        "-subj",
        "/CN=Imported",
        "-days",
        "30",
        "-out",
        at("k.pem"),
      );
      const certificate = parseCertificate(
        readPem(new Uint8Array(readFileSync(at("k.pem"))))[0]?.der as Uint8Array,
      );
      const entries: readonly Entry[] = [
        { kind: "trusted", label: "another label", certificate, enabled: true },
      ];
      writeFileSync(
        at("labelled.pem"),
        await pemCodec.write({ entries }, pemCodec.create({}, anyRandom), {}, anyRandom),
      );
      const store = at(`${keytool}.p12`);
      const run = (...args: string[]) =>
        execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
      run(
        "-importcert",
        "-noprompt",
        "-alias",
        "a",
        "-file",
        at("labelled.pem"),
        "-keystore",
        store,
        "-storepass",
        "changeit",
      );
      const listed = run("-list", "-v", "-keystore", store, "-storepass", "changeit");
      expect(listed).toContain(describeCertificate(certificate).sha256);
      const printed = run("-printcert", "-file", at("labelled.pem"));
      expect(printed).toContain("Owner: CN=Imported");
      expect(printed).toMatch(
        new RegExp(`Serial number: ${certificate.serial.replace(/^0+/, "")}`, "i"),
      );
    });
  });
}
