import { html, type Content, type Html } from "./html.js";
import { badge, table, time } from "./parts.js";
import { show, type PageOptions, type Tab } from "./tab.js";

export const connectTab: Tab = (router, { facts, operations }) => {
  router.get("/connect", async (_request, response) => {
    const tokens = await operations.tokens();
    const main = html`<h1>Connect</h1>
      <p>What to enter at the identity provider, field by field.</p>
      ${
        isLocal(facts.scimUrl) &&
        html`<p class="notice">
          ${badge("not https", "warn")} Identity providers want https: set <code>PUBLIC_URL</code> to how the identity
          provider reaches the bridge over https.
        </p>`
      }
      <section aria-labelledby="token">
        <h2 id="token">Token</h2>
        ${tokensShown(tokens, facts.scimUrl)}
      </section>
      <div class="two">${okta(facts.scimUrl)} ${entra(facts.scimUrl)}</div>
      ${attributes}`;
    show(response, { title: "Connect", tab: "/connect", main });
  });
};

const isLocal = (url: string): boolean => !url.startsWith("https:");

type Token = Awaited<ReturnType<PageOptions["operations"]["tokens"]>>[number];

const tokensShown = (tokens: readonly Token[], scimUrl: string): Html =>
  html`<p>
      The identity provider sends one of the bridge’s SCIM tokens (<code>SCIM_BEARER_TOKEN</code>, or one that
      <code>token create</code> has made). Its secret is never shown here, and it is never the operator’s. One token for
      each connection says in the list of changes who asked for what.
    </p>
    ${
      tokens.length > 0 &&
      table(
        "Managed tokens and clients",
        [
          { name: "Name", cell: ({ name }: Token) => name },
          {
            name: "Kind",
            cell: ({ kind }) => (kind === "token" ? "bearer token" : "client"),
          },
          { name: "Enter it as", cell: (token) => enteredAs(token, scimUrl) },
          { name: "State", cell: ({ state }) => badge(state, state === "live" ? "good" : "warn") },
          { name: "Made", cell: ({ createdAt }) => time(createdAt) },
          { name: "Last used", cell: ({ lastUsedAt }) => time(lastUsedAt) },
          { name: "Expires", cell: ({ expiresAt }) => time(expiresAt) },
        ],
        tokens,
      )
    }`;

const enteredAs = ({ clientId }: Token, scimUrl: string): Content =>
  clientId === undefined
    ? "Okta: Authorization; Entra ID: Secret Token"
    : html`Entra ID: client id ${copied(clientId)}, token endpoint ${copied(tokenUrl(scimUrl))}`;

const fields = (rows: readonly (readonly [string, Content])[]): Html =>
  html`<dl class="explain">
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

const copied = (text: string): Html => html`<code class="copy">${text}</code>`;

const okta = (url: string): Html =>
  html`<section class="panel" aria-labelledby="okta">
    <h2 id="okta">Okta</h2>
    <p class="small">
      Applications → the app → Provisioning → Integration (the app has SCIM provisioning enabled under General)
    </p>
    ${fields([
      ["SCIM connector base URL", copied(url)],
      ["Unique identifier field for users", copied("userName")],
      [
        "Supported provisioning actions",
        "Push New Users, Push Profile Updates, Push Groups. Import is of no use here: leave both imports off.",
      ],
      ["Authentication Mode", "HTTP Header"],
      ["Authorization: Bearer", "the SCIM token, without the word Bearer"],
      ["To App", "switch on Create Users, Update User Attributes, Deactivate Users"],
      [
        "Push Groups",
        "push the groups that the mapping names, by name or by rule; assign the app to these people too: pushing a group alone creates nobody",
      ],
    ])}
  </section>`;

const tokenUrl = (scimUrl: string): string => scimUrl.replace(/\/scim\/v2$/, "/oauth/token");

const entra = (url: string): Html =>
  html`<section class="panel" aria-labelledby="entra">
    <h2 id="entra">Microsoft Entra ID</h2>
    <p class="small">Enterprise applications → the app → Provisioning → Admin credentials</p>
    ${fields([
      ["Provisioning Mode", "Automatic"],
      ["Tenant URL", copied(`${url}?aadOptscim062020`)],
      ["Secret Token", "the SCIM token; or, instead of one:"],
      [
        "Client credentials",
        html`token endpoint ${copied(tokenUrl(url))}, with the id and the secret of a client (<code
            >token create --kind client</code
          >)`,
      ],
      ["Workload identity", html`the same token endpoint, with <code>WIF_TENANT_ID</code> and what goes with it set`],
      ["Matching attribute (users)", html`${copied("userName")} ← userPrincipalName, precedence 1`],
      [
        "Matching attribute (groups)",
        html`${copied("displayName")} ← displayName; map ${copied("externalId")} ← objectId`,
      ],
      ["Target object actions", "Create, Update, Delete, for users and for groups"],
      ["active", html`keep the default, whichever Entra ID has filled in: it is made of <code>IsSoftDeleted</code>`],
      [
        "Scope",
        "Sync only assigned users and groups; assign the groups that the mapping names (nested groups are not followed)",
      ],
    ])}
  </section>`;

const attributes: Html = html`<section aria-labelledby="attributes">
  <h2 id="attributes">Attributes that count</h2>
  ${table(
    "What the bridge makes of attributes; every other one is stored and may be used in rules of the mapping",
    [
      { name: "Attribute", cell: ([name]: readonly [string, string]) => html`<code>${name}</code>` },
      { name: "Used for", cell: ([, use]) => use },
    ],
    [
      ["userName", "what the identity provider finds people by; the address where no e-mail is sent"],
      ['emails[primary], else [type eq "work"]', "which account at Label Studio it is; compared without case"],
      ["name.givenName, name.familyName", "names at Label Studio"],
      ["active", "false: deactivated at once, and reversibly"],
      ["externalId", "kept; of groups a rule may name it, which survives renames"],
      ["roles, entitlements, department …", "for rules of the mapping (user: { attribute, equals })"],
    ] as const,
  )}
</section>`;
