import { expect, test } from "vitest";
import { type Bundle, KnownBundles } from "../../../../src/app/audit/known-bundles.ts";
import { pemCodec } from "../../../../src/codecs/pem/index.ts";
import { PkiError } from "../../../../src/model/error.ts";
import { fixture } from "../../../support/fixtures.ts";

/** Reads `name` as often as asked and counts. */
function reader(name: string) {
  const bytes = fixture(name);
  const counted = { reads: 0 };
  const read = async (): Promise<Bundle> => {
    counted.reads++;
    return { read: await pemCodec.read(bytes, {}), lists: [] };
  };
  return { bytes, read, counted };
}

test("a bundle that was met twice is not read a third time", async () => {
  const known = new KnownBundles();
  const { bytes, read, counted } = reader("pem/bundle.pem");
  const first = await known.of(bytes, "pem", read);
  const second = await known.of(bytes.slice(), "pem", read);
  const third = await known.of(bytes.slice(), "pem", read);
  expect(counted.reads).toBe(2);
  expect(third).toBe(second);
  expect(third.read.store.entries.length).toBe(first.read.store.entries.length);
});

test("one octet, or another format, makes another file", async () => {
  const known = new KnownBundles();
  const { bytes, read, counted } = reader("pem/bundle.pem");
  for (let i = 0; i < 3; i++) await known.of(bytes, "pem", read);
  const other = Uint8Array.from([...bytes, 0x0a]);
  await known.of(other, "pem", read);
  await known.of(bytes, "der", read);
  expect(counted.reads).toBe(4);
});

test("a file with a key is read every time: what opens it depends on where it stands", async () => {
  const known = new KnownBundles();
  const { bytes, read, counted } = reader("pem/identity.pem");
  for (let i = 0; i < 4; i++) await known.of(bytes, "pem", read);
  expect(counted.reads).toBe(4);
});

test("an error is told every time", async () => {
  const known = new KnownBundles();
  const failing = () =>
    Promise.reject(new PkiError("format-malformed", "cut", { where: "block/1" }));
  for (let i = 0; i < 3; i++) {
    const told = known.of(Uint8Array.of(1, 2, 3), "pem", failing);
    await expect(told).rejects.toMatchObject({ code: "format-malformed", where: "block/1" });
  }
});
