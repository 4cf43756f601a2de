import { urlencoded, type Request, type Response, type Router } from "express";
import { clearCookie, readCookie, setCookie } from "../access/cookie.js";
import { isForeign, wrongToken, type GateOptions, type Refusal, type Refuse } from "../access/gate.js";
import { levelOf } from "../access/secrets.js";
import { isSame } from "../access/session.js";
import { html, link } from "./html.js";
import { layout } from "./layout.js";

const LONGEST_FORM = "16kb";

export function loginRoutes(router: Router, access: GateOptions): void {
  const body = urlencoded({ extended: false, limit: LONGEST_FORM });
  router.get("/login", (request, response) => showLogin(response, 200, wayBack(request.query["to"])));
  router.post("/login", body, (request, response) => logIn(access, request, response));
  router.post("/logout", body, (request, response) => {
    const session = access.sessions.open(readCookie(request) ?? "");
    const { token } = (request.body ?? {}) as { token?: unknown };
    // Logging somebody else out is no harm worth an error: without the form's token it only does not happen.
    if (session && typeof token === "string" && isSame(token, access.sessions.formToken(session))) {
      access.sessions.end(session);
      clearCookie(response, access.cookie(request));
    }
    response.redirect(303, link("/login"));
  });
}

function logIn(access: GateOptions, request: Request, response: Response): void {
  const { secret, to } = (request.body ?? {}) as { secret?: unknown; to?: unknown };
  const back = wayBack(to);
  if (isForeign(request))
    return showLogin(response, 403, back, "This form was sent from another site: send it from here.");
  const level = typeof secret === "string" ? levelOf(secret.trim(), access.tokens) : undefined;
  if (level === undefined) {
    const refusal = wrongToken(access.attempts, request, response, WRONG);
    return showLogin(response, refusal.status, back, refusal.error);
  }
  const session = access.sessions.begin(level);
  setCookie(response, access.sessions.seal(session), access.cookie(request));
  response.redirect(303, back);
}

const WRONG: Refusal = { status: 401, error: "That is not the operator's token." };

/** A path below /admin as it was asked for, and never another site. */
const wayBack = (to: unknown): string =>
  typeof to === "string" && /^\/admin(?:[/?][\w\-./?&=%+:@~]*)?$/.test(to) && !/\/\/|\.\./.test(to) ? to : link("");

/** Whoever is shown a page logs in first; what was sent is not sent again by itself. */
export const toLogin: Refuse = (request: Request, response: Response, { status, error }) => {
  if (status === 401 && request.get("authorization") === undefined) {
    if (request.method === "GET") return response.redirect(303, link("/login", { to: request.originalUrl }));
    return showLogin(response, 401, link(""), "Your session is over: log in, and repeat what you wanted to do.");
  }
  if (status === 401) response.set("WWW-Authenticate", 'Bearer realm="admin"');
  const main = html`<h1>Not possible</h1>
    <p>${error}</p>
    <p><a href="${link("")}">Back to the overview</a></p>`;
  response
    .status(status)
    .type("html")
    .send(layout({ ...NOBODY, title: "Not possible", main }).text);
};

const NOBODY = { tab: undefined, formToken: "", readOnly: true, hasSession: false };

function showLogin(response: Response, status: number, to: string, problem?: string): void {
  const main = html`<div class="login">
    <h1>Log in</h1>
    <p>With the operator's token of this bridge (<code>ADMIN_TOKEN</code>), or the read-only one.</p>
    ${problem !== undefined && html`<p class="problem" role="alert" id="problem">${problem}</p>`}
    <form method="post" action="${link("/login")}">
      <input type="hidden" name="to" value="${to}" />
      <div class="field">
        <label for="secret">Token</label>
        <input
          id="secret"
          name="secret"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          ${problem !== undefined && html`aria-describedby="problem"`}
        />
      </div>
      <button class="primary">Log in</button>
    </form>
  </div>`;
  response
    .status(status)
    .type("html")
    .send(layout({ ...NOBODY, title: "Log in", main }).text);
}
