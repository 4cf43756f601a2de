// The page as a browser without scripts asks for it: a cookie, forms, no redirects followed by itself.
import { ADMIN_TOKEN } from "../support/bridge.js";

export const READ_TOKEN = "read-token-for-tests-only";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Fields = Readonly<Record<string, string>>;

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, { redirect: "manual", ...init });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

export const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

export const post = (url: string, fields: Fields, headers: Fields = {}): Promise<Answer> =>
  ask(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(fields).toString(),
  });

export interface Visit {
  readonly cookie: string;
  get(path: string, headers?: Fields): Promise<Answer>;
  /** The token of the page's own forms is sent along, unless there is one already. */
  submit(path: string, fields: Fields, headers?: Fields): Promise<Answer>;
}

export const cookieOf = ({ headers }: Answer): string => headers.getSetCookie()[0]?.split(";")[0] ?? "";

export async function visit(adminUrl: string, token = ADMIN_TOKEN): Promise<Visit> {
  const cookie = cookieOf(await post(`${adminUrl}/admin/login`, { secret: token }));
  const get = (path: string, headers: Fields = {}): Promise<Answer> =>
    ask(`${adminUrl}${path}`, { headers: { cookie, ...headers } });
  return {
    cookie,
    get,
    submit: async (path, fields, headers = {}) => {
      const own = /name="token" value="([^"]+)"/.exec((await get("/admin")).text)?.[1] ?? "";
      return post(`${adminUrl}${path}`, { token: own, ...fields }, { cookie, ...headers });
    },
  };
}
