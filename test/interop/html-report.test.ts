import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditReport } from "../../src/audit/report.ts";
import {
  estate,
  described as finding,
  inventoryOf,
  rendered,
  reportOf,
} from "../support/audit-report.ts";
import { HOSTILE_TEXT } from "../support/hostile-text.ts";
import { describePeer } from "../support/peers.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every payload everywhere, all at once: in paths, labels, names, words. */
function hostileEstate(): AuditReport {
  const texts = Object.values(HOSTILE_TEXT);
  return reportOf({
    root: texts.join(" ").slice(0, 1500),
    findings: texts.map((text) =>
      finding("certificate-expired", "error", [{ path: text, label: text }, { path: text }], {
        message: text,
        fix: text,
      }),
    ),
    inventory: inventoryOf(
      texts.flatMap((text, i) => [
        { subject: `CN=${text}`, issuer: text, at: [[`${text}${i}`, text, "personal"] as const] },
        { subject: text, at: [[`${text}${i + 1}`, text, "signer"] as const] },
      ]),
    ),
    refused: texts.map((text) => ({
      path: `${text}.bks`,
      opened: false,
      code: "format-unsupported" as const,
      message: text,
    })),
  });
}

describePeer("chromium", "the HTML report in Chromium", (program) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-report-"));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: program,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    /** Messages of the console, errors of scripts, requests for anything but the page. */
    readonly trouble: string[];
  }

  async function open(report: AuditReport, options: BrowserContextOptions = {}): Promise<Opened> {
    const path = join(folder, "report.html");
    writeFileSync(path, await rendered("html", report));
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    const trouble: string[] = [];
    const url = pathToFileURL(path).href;
    page.on("console", (message) => trouble.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));
    page.on("dialog", (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.route("**/*", (route) => {
      if (route.request().url() === url) return route.continue();
      trouble.push(`request: ${route.request().url()}`);
      return route.abort();
    });
    await page.goto(url);
    return { page, trouble };
  }

  /** What axe-core calls serious or critical. Its script goes through the debugger, which no policy binds. */
  async function seriousFindings(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run(): Promise<{
            violations: { id: string; impact: string; nodes: { html: string }[] }[];
          }>;
        };
      };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
  }

  it.each([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["narrow", { viewport: { width: 390, height: 800 } }],
    ["without scripts", { javaScriptEnabled: false }],
  ] as const)("opens without a word or a request, %s", async (_name, options) => {
    const { page, trouble } = await open(estate(), options);
    expect(await page.locator("#findings-table tbody tr:visible").count()).toBe(6);
    expect(await page.locator("svg[role=img]").count()).toBe(2);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it.each(["light", "dark"] as const)(
    "has no serious finding of axe-core, %s",
    async (colorScheme) => {
      const { page } = await open(estate(), { colorScheme });
      expect(await seriousFindings(page)).toEqual([]);
      await page.context().close();
    },
  );

  it("does not scroll sideways on a telephone", async () => {
    const { page } = await open(estate(), { viewport: { width: 360, height: 700 } });
    const [content, window] = (await page.evaluate(
      "[document.documentElement.scrollWidth, innerWidth]",
    )) as number[];
    expect(content).toBeLessThanOrEqual(window ?? 0);
    await page.context().close();
  });

  it("sorts with the keyboard, and says so", async () => {
    const { page, trouble } = await open(estate());
    const rules = () => page.locator("#findings-table tbody tr td:nth-child(2)").allTextContents();
    const before = await rules();
    await page.locator("#findings-table th:nth-child(2) button").focus();
    await page.keyboard.press("Enter");
    const heading = page.locator("#findings-table th:nth-child(2)");
    expect(await heading.getAttribute("aria-sort")).toBe("ascending");
    expect(await rules()).toEqual([...before].sort());
    await page.keyboard.press("Space");
    expect(await heading.getAttribute("aria-sort")).toBe("descending");
    expect(await rules()).toEqual([...before].sort().reverse());
    // By severity it is the worst that comes first, not the alphabet.
    await page.locator("#findings-table th:nth-child(1) button").press("Enter");
    const severities = await page.locator("#findings-table tbody .severity").allTextContents();
    expect([...new Set(severities)]).toEqual(["error", "warning", "notice"]);
    expect(await heading.getAttribute("aria-sort")).toBeNull();
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("filters by words and by severity", async () => {
    const { page } = await open(estate());
    const shown = page.locator("#findings-table tbody tr:visible");
    await page.fill("#filter-text", "QM1 expires");
    expect(await shown.count()).toBe(1);
    expect(await page.textContent("#filter-shown")).toBe("1 of 6 shown");
    await page.fill("#filter-text", "");
    await page.uncheck("#filter input[value=error]");
    expect(await shown.count()).toBe(3);
    await page.uncheck("#filter input[value=warning]");
    await page.uncheck("#filter input[value=notice]");
    expect(await page.textContent("#filter-shown")).toBe("0 of 6 shown");
    await page.context().close();
  });

  it("is reached by the skip link, the first stop of the keyboard", async () => {
    const { page } = await open(estate());
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the findings");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("findings");
    await page.context().close();
  });

  it("prints every finding, and no controls", async () => {
    const { page } = await open(estate());
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#filter").isVisible()).toBe(false);
    expect(await page.locator("nav").isVisible()).toBe(false);
    expect(await page.locator("#findings-table tbody tr:visible").count()).toBe(6);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.context().close();
  });

  it("shows hostile text as text", async () => {
    const { page, trouble } = await open(hostileEstate());
    const alien =
      "img, iframe, object, a:not([href^='#']), script ~ script, svg svg, [onload], [onerror], [onmouseover], h1 + h1";
    expect(await page.locator(alien).count()).toBe(0);
    expect(await page.locator("h1").count()).toBe(1);
    expect(await page.locator("#findings-table tbody").textContent()).toContain(
      "<script>alert(1)</script>",
    );
    expect(await page.evaluate("getComputedStyle(document.querySelector('.cards')).display")).toBe(
      "grid",
    );
    await page.locator("#findings-table th:nth-child(3) button").press("Enter");
    await page.fill("#filter-text", "<svg/onload");
    expect(await page.locator("#findings-table tbody tr:visible").count()).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("runs no script and no style but its own, should one ever get in", async () => {
    const text = (await rendered("html", estate())).replace(
      "</main>",
      "<script>document.title='owned'</script><img src='https://e.example/x.png'><p style='color:red' id=p onclick='1'>x</p></main>",
    );
    const path = join(folder, "owned.html");
    writeFileSync(path, text);
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on("requestfinished", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    expect(await page.title()).toBe("Keystore audit of conf");
    expect(await page.evaluate("getComputedStyle(document.getElementById('p')).color")).not.toBe(
      "rgb(255, 0, 0)",
    );
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
    await page.close();
  });

  describe("with a large estate", () => {
    it("opens 5,000 findings and 2,000 stores within seconds", async () => {
      const stores = Array.from({ length: 2000 }, (_, i) => `host${i}/key.kdb`);
      const report = reportOf({
        findings: Array.from({ length: 6000 }, (_, i) =>
          finding("key-shared", i % 3 === 0 ? "error" : "notice", [
            { path: stores[i % 2000] ?? "", label: `l${i}` },
          ]),
        ),
        inventory: inventoryOf([
          { subject: "CN=root", at: stores.map((path) => [path, "root", "signer"] as const) },
          ...stores.map((path, i) => ({
            subject: `CN=host${i}`,
            issuer: "CN=root",
            at: [[path, "own", "personal"] as const],
          })),
        ]),
      });
      const { page, trouble } = await open(report);
      expect(await page.locator("#findings-table tbody tr").count()).toBe(5000);
      await page.fill("#filter-text", "host1999");
      expect(await page.locator("#filter-shown").textContent()).toMatch(/^[1-9] of 5000 shown$/);
      expect(trouble).toEqual([]);
      await page.context().close();
    });
  });
});
