import { html, link, type Content, type Html } from "./html.js";

const TABS = [
  ["", "Overview"],
  ["/people", "People"],
  ["/changes", "Changes"],
  ["/held", "Held"],
  ["/mapping", "Mapping"],
  ["/connect", "Connect"],
] as const;

export interface Layout {
  readonly title: string;
  /** undefined: nobody has been let in yet. */
  readonly tab: string | undefined;
  readonly main: Content;
  readonly formToken: string;
  readonly readOnly: boolean;
  readonly hasSession: boolean;
}

export const layout = (page: Layout): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Label Studio SCIM bridge</title>
        <link rel="icon" href="/admin/static/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/admin/static/page.css" />
        <script src="/admin/static/page.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="bar">
            <p class="brand">
              <a href="${link("")}">Label Studio <span>SCIM bridge</span></a>
            </p>
            ${page.tab !== undefined && session(page)}
          </div>
          ${page.tab !== undefined && tabs(page.tab)}
        </header>
        <main id="main" tabindex="-1">${page.main}</main>
      </body>
    </html> `;

const tabs = (current: string): Html =>
  html`<nav aria-label="Sections">
    <ul>
      ${TABS.map(
        ([path, name]) =>
          html`<li><a href="${link(path)}" ${path === current && html`aria-current="page"`}>${name}</a></li>`,
      )}
    </ul>
  </nav>`;

const session = ({ readOnly, hasSession, formToken }: Layout): Html =>
  html`<div class="session">
    ${readOnly && html`<span class="tag">read only</span>`}
    ${
      hasSession &&
      html`<form method="post" action="${link("/logout")}" class="inline">
        <input type="hidden" name="token" value="${formToken}" />
        <button class="quiet">Log out</button>
      </form>`
    }
  </div>`;
