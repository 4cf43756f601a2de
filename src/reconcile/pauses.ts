import type { Clock, Pause, Store } from "../ports.js";

/** How old what is known may be: asked before every call, the store would be asked as often. */
const FRESH_MS = 100;

/** Whether an operator has paused the bridge, as the store says. */
export function pauses({ rails }: Pick<Store, "rails">, clock: Clock): () => Promise<Pause | undefined> {
  let last: { readonly at: number; readonly pause: Promise<Pause | undefined> } | undefined;
  return () => {
    const now = clock.now();
    if (!last || Math.abs(now - last.at) >= FRESH_MS) {
      const pause = rails.pause();
      last = { at: now, pause };
      pause.catch(() => (last = undefined));
    }
    return last.pause;
  };
}
