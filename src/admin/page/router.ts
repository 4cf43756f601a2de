import { Router, urlencoded, type NextFunction, type Request, type Response } from "express";
import { formGate, type Refuse } from "../access/gate.js";
import { hasCode } from "../../errors.js";
import { faultOf } from "../faults.js";
import { changesTab } from "./changes.js";
import { connectTab } from "./connect.js";
import { explainTab } from "./explain.js";
import { heldTab } from "./held.js";
import { html, link } from "./html.js";
import { mappingTab } from "./mapping.js";
import { overviewTab } from "./overview.js";
import { peopleTab } from "./people.js";
import { show, type PageOptions, type Tab } from "./tab.js";

/** A mapping has 262,144 characters at most, each of which may be three bytes here, and more as a form sends it. */
const LONGEST_FORM = "2mb";

const TABS: readonly Tab[] = [overviewTab, peopleTab, explainTab, changesTab, heldTab, mappingTab, connectTab];

export function pageRouter(options: PageOptions): Router {
  const router = Router();
  router.use(urlencoded({ extended: false, limit: LONGEST_FORM }), formGate(refuse));
  for (const tab of TABS) tab(router, options);
  router.use((_request, response) => problem(response, 404, "There is no such page."));
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const fault = faultOf(error);
    if (fault) problem(response, fault.status, fault.words);
    else if (hasCode(error, "STORE_UNAVAILABLE"))
      problem(response, 503, "The store cannot answer at the moment; the log says why. Load the page again.");
    else next(error);
  });
  return router;
}

const refuse: Refuse = (_request, response, { status, error }) => problem(response, status, error);

function problem(response: Response, status: number, words: string): void {
  const main = html`<h1>Not possible</h1>
    <p class="problem">${words}</p>
    <p><a href="${link("")}">Back to the overview</a></p>`;
  show(response, { title: "Not possible", tab: "none", main, status });
}
