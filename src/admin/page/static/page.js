// What the page does by itself where scripts run; without them everything else works all the same.

/** Shows again what is marked so, unless somebody is about to use it, or does not look. */
function refresh(region) {
  const everyMs = Number(region.dataset.refresh) * 1000;
  const isInUse = () =>
    document.hidden || region.contains(document.activeElement) || region.querySelector("details[open]");
  setInterval(async () => {
    if (isInUse()) return;
    try {
      const answer = await fetch(location.pathname, { headers: { "X-Refresh": "1" }, redirect: "manual" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
      if (fresh && !isInUse() && fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
    } catch {
      // The next time will tell.
    }
  }, everyMs);
}

for (const region of document.querySelectorAll("[data-refresh]")) refresh(region);
