// The built program with the emulated Label Studio, people in it, and a browser in front of its page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, patch, user } from "../support/bridge.js";
import { ADMIN_TOKEN, scim, settingsFor, settled, workplace, type Workplace } from "../support/program.js";

export const READ_TOKEN = "read-token-of-the-program";

export interface Surface {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly groupId: string;
  readonly people: readonly string[];
  /** The identity provider takes everybody out of the group of fifty. */
  empty(): Promise<void>;
  hire(userName: string): Promise<void>;
  /** Waits until nobody is pending any more. */
  idle(): Promise<void>;
  /** A page of its own, logged in unless told otherwise; whatever it complains of, or asks of others, is in `faults`. */
  open(path: string, options?: BrowserContextOptions & { readonly token?: string | null }): Promise<Opened>;
  close(): Promise<void>;
}

export interface Opened {
  readonly page: Page;
  readonly faults: readonly string[];
}

const NAMES = ["Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Alan Turing", "Edsger Dijkstra", "Barbara Liskov"];
const FIFTY = 50;

export const address = (at: number): string => `annotator${String(at).padStart(2, "0")}@acme.example`;

export async function surface(): Promise<Surface> {
  const sandbox = await startSandbox({ seatLimit: 80 });
  const here = await workplace();
  const settings = { ...settingsFor(sandbox), ADMIN_READ_TOKEN: READ_TOKEN, LABEL_STUDIO_MAX_RPS: "100" };
  const url = await here.start(settings, "serve").listening();
  const { groupId, people } = await populate(url);
  await settled(url, 20_000);
  const browser = await launch();
  return {
    url,
    sandbox,
    groupId,
    people,
    empty: async () => {
      await scim(url, "PATCH", `/Groups/${groupId}`, patch({ op: "remove", path: "members" }));
      await settled(url);
    },
    hire: async (userName) => {
      await scim(url, "POST", "/Users", user(userName));
    },
    idle: async () => {
      await settled(url, 20_000);
    },
    open: (path, options = {}) => open(browser, url, path, options),
    close: () => close(browser, here, sandbox),
  };
}

async function close(browser: Browser, here: Workplace, sandbox: Sandbox): Promise<void> {
  await browser.close();
  await here.close();
  await sandbox.close();
}

// As root, as in a container, Chromium has no sandbox of its own.
const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
  });

async function populate(url: string): Promise<{ readonly groupId: string; readonly people: readonly string[] }> {
  const people: string[] = [];
  for (let at = 0; at < FIFTY; at++) {
    const [givenName = "", familyName = ""] = (NAMES[at] ?? `Annotator ${at}`).split(" ");
    people.push((await scim(url, "POST", "/Users", user(address(at), { name: { givenName, familyName } }))).body.id);
  }
  const groupId = (await scim(url, "POST", "/Groups", group("LS Annotators", people))).body.id;
  const lead = (await scim(url, "POST", "/Users", user("robin.reyes@acme.example"))).body.id;
  await scim(url, "POST", "/Groups", group("LS Reviewers", [lead]));
  await scim(url, "POST", "/Users", user("<script>alert(1)</script>@acme.example"));
  await settled(url, 20_000);
  const leaver = (await scim(url, "POST", "/Users", user("sam.leaver@acme.example"))).body.id;
  await settled(url);
  await scim(url, "PATCH", `/Users/${leaver}`, patch({ op: "replace", path: "active", value: false }));
  return { groupId, people };
}

async function open(
  browser: Browser,
  url: string,
  path: string,
  { token = ADMIN_TOKEN, ...options }: BrowserContextOptions & { readonly token?: string | null },
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== url) faults.push(`a request to ${request.url()}`);
  });
  await page.goto(`${url}${path}`);
  if (token !== null) await logIn(page, token);
  return { page, faults };
}

export async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("navigation", { name: "Sections" }).waitFor();
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds against WCAG 2.2 AA, as one line each. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const asked = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html.slice(0, 120)).join(" | ")))`;
  return page.evaluate<readonly string[]>(asked);
}
