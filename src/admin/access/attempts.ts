// Wrong tokens by client. Whoever sends the right one is never locked out: others behind the same address cannot keep them out.

export interface Attempts {
  /** Milliseconds that the client has to wait before another wrong one is looked at as such; 0: not too many yet. */
  failed(client: string): number;
}

const MOST = 20;
const WINDOW_MS = 60_000;
/** What is kept in memory, whoever asks. */
const MOST_CLIENTS = 10_000;

interface Window {
  readonly since: number;
  times: number;
}

export function attempts(now: () => number): Attempts {
  const clients = new Map<string, Window>();
  return {
    failed: (client) => {
      const known = clients.get(client);
      const window = known && now() - known.since < WINDOW_MS ? known : { since: now(), times: 0 };
      window.times += 1;
      // As the newest: the oldest is forgotten first.
      clients.delete(client);
      clients.set(client, window);
      const [oldest] = clients.keys();
      if (clients.size > MOST_CLIENTS && oldest !== undefined) clients.delete(oldest);
      return window.times > MOST ? window.since + WINDOW_MS - now() : 0;
    },
  };
}
