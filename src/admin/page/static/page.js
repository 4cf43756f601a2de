// What the page does by itself where scripts run; without them everything else works all the same.

/** Shows again what is marked so, unless somebody is about to use it, or does not look. */
function refresh(region) {
  const everyMs = Number(region.dataset.refresh) * 1000;
  const isInUse = () =>
    document.hidden || region.contains(document.activeElement) || region.querySelector("details[open]");
  const old = remark(region);
  let asOf = new Date();
  setInterval(async () => {
    if (isInUse()) return;
    try {
      const answer = await fetch(location.pathname, { headers: { "X-Refresh": "1" }, redirect: "manual" });
      // Not so where the session is over, too.
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
      if (fresh && !isInUse() && fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
      asOf = new Date();
      old("");
    } catch {
      old(
        `As of ${asOf.toISOString().slice(0, 19).replace("T", " ")} UTC, and not refreshed since: load the page again.`,
      );
    }
  }, everyMs);
}

/** Words above what they are about; none hide them. */
function remark(region) {
  const shown = Object.assign(document.createElement("p"), { className: "problem", role: "status", hidden: true });
  region.before(shown);
  return (words) => {
    if (shown.textContent !== words) shown.textContent = words;
    shown.hidden = words === "";
  };
}

for (const region of document.querySelectorAll("[data-refresh]")) refresh(region);
