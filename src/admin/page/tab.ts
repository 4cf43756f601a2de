// What every tab is made of.
import type { Request, Response, Router } from "express";
import type { Operations, Survey } from "../../operator/index.js";
import type { Clock } from "../../ports.js";
import { visitorOf } from "../access/visitor.js";
import type { Status } from "../status.js";
import { html, type Content, type Html } from "./html.js";
import { layout } from "./layout.js";

export interface PageOptions {
  readonly operations: Operations;
  readonly survey: Survey;
  readonly status: () => Promise<Status>;
  readonly clock: Clock;
  readonly facts: PageFacts;
}

/** What an operator has set. */
export interface PageFacts {
  readonly mappingFile: string;
  /** Where identity providers reach the bridge, with `/scim/v2`. */
  readonly scimUrl: string;
  /** Calls to Label Studio a second, 0 for no limit. */
  readonly maxRps: number;
}

export type Tab = (router: Router, options: PageOptions) => void;

export interface Shown {
  readonly title: string;
  /** Path of the tab that it belongs to. */
  readonly tab: string;
  readonly main: Content;
  readonly status?: number;
}

export function show(response: Response, { title, tab, main, status = 200 }: Shown): void {
  const { level, session, formToken } = visitorOf(response);
  response
    .status(status)
    .type("html")
    .send(layout({ title, tab, main, formToken, readOnly: level === "read", hasSession: session !== undefined }).text);
}

/** A form that changes something. undefined for whoever may not. */
export function form(response: Response, action: string, content: Content, kind = "inline"): Html | undefined {
  const { level, formToken } = visitorOf(response);
  if (level === "read") return undefined;
  return html`<form method="post" action="${action}" class="${kind}">
    <input type="hidden" name="token" value="${formToken}" />${content}
  </form>`;
}

/** What has just been done is said after the way back to the page: as a word of ours and a number. */
export function notice(request: Request, words: Readonly<Record<string, (count: number) => string>>): Html | undefined {
  const { done, n = "0" } = request.query;
  const say = typeof done === "string" && Object.hasOwn(words, done) ? words[done] : undefined;
  if (say === undefined || typeof n !== "string" || !/^\d{1,9}$/.test(n)) return undefined;
  return html`<p class="notice" role="status">${say(Number(n))}</p>`;
}
