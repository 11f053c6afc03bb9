import { describe, expect, it } from "vitest";
import { ca, cert } from "../../../scripts/fixtures/rules/forge.ts";
import { jksCodec } from "../../../src/codecs/java/index.ts";
import { kdbCodec } from "../../../src/codecs/kdb/index.ts";
import { Secret } from "../../../src/model/secret.ts";
import { anyRandom } from "../../support/stores.ts";

const root = ca("CN=Answers Root");
const own = cert({ subject: "CN=own", issuer: root });
const right = Secret.fromText("right password");
const wrong = Secret.fromText("wrong password");

describe.each([jksCodec, kdbCodec])("a guess on a $title", (codec) => {
  const written = codec.write(
    {
      entries: [
        {
          kind: "key",
          label: "own",
          key: { state: "open", pkcs8: new Secret(own.key.pkcs8.slice()) },
          chain: [own.certificate, root.certificate],
        },
        { kind: "trusted", label: "root", certificate: root.certificate, enabled: true },
      ],
    },
    codec.create({}, anyRandom),
    { store: right },
    anyRandom,
  );

  it("agrees with reading", async () => {
    const bytes = await written;
    expect(codec.answers?.(bytes, right)).toBe(true);
    expect(codec.answers?.(bytes, wrong)).toBe(false);
    await expect(codec.read(bytes, { store: right })).resolves.toBeDefined();
    await expect(codec.read(bytes, { store: wrong })).rejects.toThrow();
  });
});

it("takes a signature that is known, and tells what it checked", async () => {
  const bytes = await kdbCodec.write(
    {
      entries: [
        {
          kind: "key",
          label: "own",
          key: { state: "open", pkcs8: new Secret(own.key.pkcs8.slice()) },
          chain: [own.certificate],
        },
        { kind: "trusted", label: "root", certificate: root.certificate, enabled: true },
      ],
    },
    kdbCodec.create({}, anyRandom),
    { store: right },
    anyRandom,
  );
  const chainLength = async (known: Map<string, boolean>) => {
    const { store } = await kdbCodec.read(bytes, { store: right }, { known });
    const [entry] = store.entries;
    return entry?.kind === "key" ? entry.chain.length : 0;
  };
  const pair = `${own.certificate.sha256}${root.certificate.sha256}`;
  const empty = new Map<string, boolean>();
  expect(await chainLength(empty)).toBe(2);
  expect(empty.get(pair)).toBe(true);
  expect(await chainLength(new Map([[pair, false]]))).toBe(1);
});
