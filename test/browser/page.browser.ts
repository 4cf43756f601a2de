import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { address, READ_TOKEN, surface, violations, type Surface } from "./surface.js";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));

/** What the README shows is what a run has seen: no two are alike, so the files are renewed only when asked. */
async function picture(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot({ animations: "disabled" });
  if (process.env["RENEW_IMAGES"] !== undefined) await writeFile(`${IMAGES}${name}.png`, taken);
}

let s: Surface;
beforeAll(async () => {
  s = await surface();
}, 60_000);
afterAll(() => s.close());

/** Every page of a test is closed with it, and has complained of nothing. */
async function visiting(work: (page: Page) => Promise<void>, ...asked: Parameters<Surface["open"]>): Promise<void> {
  const visit = await s.open(...asked);
  await work(visit.page);
  await visit.page.context().close();
  expect(visit.faults).toEqual([]);
}

const heading = (page: Page): Promise<string> => page.getByRole("heading", { level: 1 }).innerText();
const tab = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name }).click();

test("a wrong token is told, the right one leads to where one wanted to go", async () => {
  const visit = await s.open("/admin/people", { token: null });
  await visit.page.getByLabel("Token").fill("wrong");
  await visit.page.getByRole("button", { name: "Log in" }).click();
  expect(await visit.page.getByRole("alert").innerText()).toContain("not the operator's token");
  await visit.page.context().close();
  await visiting(async (page) => expect(await heading(page)).toBe("People"), "/admin/people");
});

test("overview, search, explain, and back to the rule in the mapping", async () => {
  await visiting(async (page) => {
    const states = page.getByRole("list", { name: "People by state" });
    expect(await states.innerText()).toMatch(/converged\s+53/);
    expect(await page.getByRole("img", { name: /Changes at Label Studio by hour/ }).count()).toBe(1);
    await tab(page, "People");
    await page.getByLabel("Name, e-mail, userName or group").fill("lovelace");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: address(0) }).click();
    expect(await heading(page)).toBe(address(0));
    await picture(page, "explain");
    await page.getByRole("link", { name: "mappings/default.yaml:13" }).click();
    expect(page.url()).toContain("/admin/mapping#L13");
    expect(await page.locator("#L13").innerText()).toContain("LS Annotators");
  }, "/admin");
});

test("changes: a drawer with the steps, and all of it as a file", async () => {
  await visiting(async (page) => {
    await page.getByLabel("Person").fill(address(7));
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("3 steps").first().click();
    expect(await page.locator("details[open] .steps").innerText()).toContain("group.members");
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download all of these as CSV" }).click();
    const file = await (await downloading).path();
    expect(await readFile(file, "utf8")).toMatch(/"member\.set-role","done","annotator07@acme\.example"/);
  }, "/admin/changes");
});

test("what if: problems with their place, then a plan; nobody is changed by it", async () => {
  await visiting(async (page) => {
    const text = page.getByLabel("Another mapping");
    const inForce = await text.inputValue();
    expect(inForce).toMatch(/^# yaml-language-server/);
    await text.fill("version: 1\nrolse: {}\n");
    await page.getByRole("button", { name: "Show the plan" }).click();
    expect(await page.getByRole("alert").innerText()).toContain('2:1 unknown key "rolse"');
    await page.getByLabel("Another mapping").fill(inForce.replace("role: AN", "role: RE"));
    await page.getByRole("button", { name: "Show the plan" }).click();
    expect(await page.locator("#answer").innerText()).toMatch(/50 of 53 people would be changed/);
    expect(s.sandbox.member(address(0))?.role).toBe("AN");
  }, "/admin/mapping");
});

test("somebody empties a group of fifty: held, looked at, confirmed with the numbers, approved", async () => {
  await s.empty();
  await visiting(async (page) => {
    expect(await page.getByRole("list", { name: "People by state" }).innerText()).toMatch(/held\s+50/);
    await picture(page, "overview");
    await tab(page, "Held");
    await page.getByRole("link", { name: "Look at them and decide" }).click();
    await page.getByRole("checkbox", { name: `Choose ${address(3)}` }).check();
    await page.getByRole("button", { name: "Reject for those chosen" }).click();
    await page.getByRole("button", { name: "Reject for 1 person" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Rejected for 1 person");
    await page.getByRole("link", { name: "Look at them and decide" }).click();
    await page.getByRole("button", { name: "Approve for all 49 people" }).click();
    expect(await page.getByRole("main").innerText()).toContain("49 people would get a lower role");
    await page.getByRole("button", { name: "Approve for 49 people" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Approved for 49 people");
  }, "/admin");
  await s.idle();
  expect(s.sandbox.member(address(4))?.role).toBe("NO");
  expect(s.sandbox.member(address(3))?.role).toBe("AN");
});

test("the overview shows by itself what has changed", async () => {
  await visiting(async (page) => {
    const states = page.getByRole("list", { name: "People by state" });
    const converged = Number(/converged\s+(\d+)/.exec(await states.innerText())?.[1]);
    await s.hire("newcomer@acme.example");
    await states.filter({ hasText: `converged ${converged + 1} ` }).waitFor();
  }, "/admin");
});

test("where the overview cannot be shown again, it says how old it is", async () => {
  const visit = await s.open("/admin");
  await visit.page.context().clearCookies();
  await visit.page.getByRole("status").filter({ hasText: "not refreshed since" }).waitFor();
  await visit.page.context().close();
});

test("a name of 300 letters leaves room for what is said of it", async () => {
  await s.hire(`${"x".repeat(300)}@acme.example`);
  await s.idle();
  await visiting(async (page) => {
    const why = page.getByRole("columnheader", { name: "Since (UTC)" });
    const { x = 0, width = 0 } = (await why.boundingBox()) ?? {};
    expect(x + width).toBeLessThanOrEqual(1280);
  }, "/admin/people?state=failing");
});

test("with the keyboard alone: skip link, login, tabs, pause and resume", async () => {
  await visiting(async (page) => {
    const press = async (key: string, times = 1): Promise<void> => {
      for (let n = 0; n < times; n++) await page.keyboard.press(key);
    };
    const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent.trim()");
    await press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    for (let n = 0; n < 30 && (await focused()) !== "Pause, but deactivate"; n++) await press("Tab");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await press("Enter");
    await page.getByText("only deactivations are sent.").waitFor();
    for (let n = 0; n < 30 && (await focused()) !== "Resume"; n++) await press("Tab");
    await press("Enter");
    await page.getByText("Changes are sent to Label Studio as they come.").waitFor();
  }, "/admin");
});

test("without scripts everything is there", async () => {
  await visiting(
    async (page) => {
      await tab(page, "People");
      await page.getByLabel("State").selectOption("converged");
      await page.getByRole("button", { name: "Search" }).click();
      expect(await page.getByRole("table").locator("tbody tr").count()).toBe(50);
      await page.getByRole("link", { name: "Next page" }).click();
      expect(await page.getByRole("table").locator("tbody tr").count()).toBeGreaterThan(0);
      await page.getByRole("button", { name: "Log out" }).click();
      expect(await heading(page)).toBe("Log in");
    },
    "/admin",
    { javaScriptEnabled: false },
  );
});

test("who only reads is offered no decision", async () => {
  await visiting(
    async (page) => {
      expect(await page.getByText("read only").count()).toBe(1);
      expect(await page.getByRole("button").allInnerTexts()).toEqual(["Log out"]);
    },
    "/admin",
    { token: READ_TOKEN },
  );
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  test("nothing that axe-core knows keeps anybody out, and names stay names", async () => {
    await visiting(
      async (page) => {
        const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        expect(paper).toBe(colorScheme === "dark" ? "rgb(18, 24, 23)" : "rgb(246, 247, 246)");
        const found: Record<string, readonly string[]> = {};
        const all = [
          "",
          "/people?q=script",
          `/people/${s.people[0]}`,
          `/groups/${s.groupId}`,
          "/changes",
          "/held",
          "/mapping",
          "/connect",
        ];
        for (const path of all) {
          await page.goto(`${s.url}/admin${path}`);
          found[path] = await violations(page);
        }
        expect(found).toEqual(Object.fromEntries(all.map((path) => [path, []])));
      },
      "/admin",
      { colorScheme },
    );
  });

  test("on a narrow screen nothing runs out of it", async () => {
    await visiting(
      async (page) => {
        for (const path of ["", "/people", "/changes", "/held", "/mapping", "/connect"]) {
          await page.goto(`${s.url}/admin${path}`);
          expect([path, await page.evaluate("document.documentElement.scrollWidth <= innerWidth")]).toEqual([
            path,
            true,
          ]);
        }
      },
      "/admin",
      { colorScheme, viewport: { width: 390, height: 800 } },
    );
  });
});
