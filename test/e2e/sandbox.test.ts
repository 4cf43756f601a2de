import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { ADMIN_TOKEN, get, scim, until, workplace, type Program, type Workplace } from "../support/program.js";

const ADA = "ada.lovelace@acme.example";

let here: Workplace;
const open = async (): Promise<void> => {
  here = await workplace();
};
const close = (): Promise<void> => here.close();

/** A pasted line in a shell of its own; answers the last line of its output, the body. */
function shell(line: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", line], { stdio: ["ignore", "pipe", "inherit"], timeout: 10_000 });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject).once("close", (code) => resolve({ code, output }));
  });
}

const temporaryFolders = () => readdir(join(here.folder, "tmp"));
const introduced = async (program: Program) => ({
  scimUrl: await program.seen(/^SCIM URL: (\S+)$/m),
  token: await program.seen(/^Token: (\S+)$/m),
});

describe("the demo", () => {
  beforeAll(open);
  afterAll(close);
  let program: Program;
  let curls: readonly string[];
  let told: { scimUrl: string; token: string };
  beforeAll(async () => {
    program = here.start({ PORT: "0", FORCE_COLOR: "1" }, "serve", "--sandbox");
    told = await introduced(program);
    await program.seen(/^Members of the organisation/m);
    curls = program.stdout.split("\n").filter((line) => line.startsWith("curl "));
  });

  test("tells address, token and three lines to copy, without colour codes", () => {
    expect(told.scimUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/scim\/v2$/);
    expect(told.token.length).toBeGreaterThanOrEqual(32);
    expect(curls).toHaveLength(3);
    expect(program.stdout).not.toContain("\u001b");
    expect(program.stderr).toBe("");
    expect(program.stdout).not.toContain(ADA + "   <-");
  });

  test.each([
    [0, "create", new RegExp(`^  NO  ${ADA} +<- new$`, "m")],
    [1, "group", new RegExp(`^  AN  ${ADA} +<- was NO$`, "m")],
    [2, "deactivate", new RegExp(`^  DI  ${ADA} +<- was AN$`, "m")],
  ])("line %i: %s, and the same terminal shows the effect", async (index, _what, effect) => {
    const { code, output } = await shell(curls[index] ?? "");
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ id: expect.any(String) });
    await program.seen(effect);
    const lists = program.stdout.split(/^Members of the organisation.*$/m);
    expect(lists.at(-1)).toContain(ADA);
  });

  test("metrics", async () => {
    // The terminal shows a change when Label Studio has it; the loop settles a moment later.
    const text = await until(
      async () => {
        const answer = await get(new URL("/metrics", told.scimUrl).href);
        expect(answer.status).toBe(200);
        return answer.text.includes('scim_bridge_people{state="pending"} 0') ? answer.text : undefined;
      },
      () => "nobody pending",
    );
    for (const series of [
      'scim_bridge_people{state="converged"} 1',
      'scim_bridge_people{state="failing"} 0',
      'scim_bridge_requests_seconds_count{method="POST",route="/Users",status="201"} 1',
      'scim_bridge_upstream_calls_seconds_count{call="users.create",outcome="ok"} 1',
      'scim_bridge_operations_total{operation="deactivate"} 1',
      "scim_bridge_upstream_ok 1",
      "scim_bridge_oldest_pending_seconds 0",
    ])
      expect(text).toContain(series);
  });

  test("no admin surface without ADMIN_TOKEN", async () => {
    const { href } = new URL("/admin/api/status", told.scimUrl);
    expect((await get(href)).status).toBe(404);
    expect((await get(href, told.token)).status).toBe(404);
  });

  test("SIGTERM throws everything away, and a second start is fresh", async () => {
    expect(await temporaryFolders()).toHaveLength(1);
    expect((await program.stop()).code).toBe(0);
    expect(await temporaryFolders()).toEqual([]);
    expect(await readdir(here.folder)).toEqual(["mappings", "tmp"]);

    const second = here.start({ PORT: "0" }, "serve", "--sandbox");
    const { scimUrl, token } = await introduced(second);
    await second.seen(/^Members of the organisation/m);
    expect(token).not.toBe(told.token);
    expect((await scim(new URL(scimUrl).origin, "GET", "/Users", undefined, token)).body["totalResults"]).toBe(0);
    expect(second.stdout.split(/^Members of the organisation.*$/m)[1]).not.toContain(ADA);
    expect((await second.stop("SIGINT")).code).toBe(0);
    expect(await temporaryFolders()).toEqual([]);
  });
});

describe("settings", () => {
  beforeEach(open);
  afterEach(close);

  test("a free port when 8080 is taken", async () => {
    const holder = createServer();
    // Whoever else has it: it is taken.
    await new Promise<void>((resolve) => {
      holder.once("error", () => resolve()).listen(8080, "127.0.0.1", () => resolve());
    });
    const { scimUrl, token } = await introduced(here.start({}, "serve", "--sandbox"));
    const { origin, port } = new URL(scimUrl);
    expect(Number(port)).not.toBe(8080);
    expect((await scim(origin, "GET", "/Users", undefined, token)).status).toBe(200);
    if (holder.listening) await new Promise((resolve) => holder.close(resolve));
  });

  test("a SCIM token is not the operator's", async () => {
    const { scimUrl, token } = await introduced(here.start({ PORT: "0", ADMIN_TOKEN }, "serve", "--sandbox"));
    const { href } = new URL("/admin/api/status", scimUrl);
    expect((await get(href)).status).toBe(401);
    expect((await get(href, token)).status).toBe(401);
    expect((await get(href, ADMIN_TOKEN)).status).toBe(200);
  });

  test("a mistake ends it with 2 and leaves nothing behind", async () => {
    const { code, stderr } = await here.run({ PORT: "banana" }, "serve", "--sandbox");
    expect(code).toBe(2);
    expect(stderr).toContain("PORT");
    expect(await temporaryFolders()).toEqual([]);
  });
});
