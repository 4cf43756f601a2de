// The cookie of the page: signed, not stored, so that all processes behind a load balancer agree about it. The key comes from
// the operator's token: with another token all sessions are over.
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { AdminTokens, Level } from "./secrets.js";

export interface Session {
  readonly id: string;
  readonly level: Level;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly seen: number;
}

export interface Sessions {
  readonly begin: (level: Level) => Session;
  /** What the cookie holds, as of now. */
  readonly seal: (session: Session) => string;
  /** undefined: forged, over, or ended here. */
  readonly open: (cookie: string) => Session | undefined;
  readonly end: (session: Session) => void;
  /** What forms of this session carry, and nobody else knows. */
  readonly formToken: (session: Session) => string;
}

export const LONGEST_SESSION_MS = 8 * 3_600_000;
export const LONGEST_IDLE_MS = 30 * 60_000;
/** Clocks of two processes may differ so much. */
const CLOCKS_MS = 60_000;

interface Options {
  readonly tokens: AdminTokens;
  readonly now: () => number;
  readonly newId: () => string;
}

export function sessions({ tokens, now, newId }: Options): Sessions {
  const keys: Readonly<Record<Level, Buffer>> = { operate: keyOf(tokens, "operate"), read: keyOf(tokens, "read") };
  /** By id, until when it would have lasted. Other processes do not know: there a copy of the cookie lasts while it is idle. */
  const ended = new Map<string, number>();
  const sign = (level: Level, text: string): string =>
    createHmac("sha256", keys[level]).update(text).digest("base64url");

  return {
    begin: (level) => ({ id: newId(), level, since: now(), seen: now() }),
    seal: ({ id, level, since }) => {
      const text = `${level}.${since}.${now()}.${id}`;
      return `${text}.${sign(level, text)}`;
    },
    open: (cookie) => {
      const [, text = "", level = "", since = "", seen = "", id = "", signature = ""] = SEALED.exec(cookie) ?? [];
      if (level !== "operate" && level !== "read") return undefined;
      if (level === "read" && tokens.read === undefined) return undefined;
      if (!isSame(signature, sign(level, text))) return undefined;
      const session: Session = { id, level, since: Number(since), seen: Number(seen) };
      return isCurrent(session, now()) && !ended.has(id) ? session : undefined;
    },
    end: ({ id, since }) => {
      for (const [other, until] of ended) if (until < now()) ended.delete(other);
      ended.set(id, since + LONGEST_SESSION_MS);
    },
    formToken: ({ id, level }) => sign(level, `form ${id}`),
  };
}

const SEALED = /^((operate|read)\.(\d{1,16})\.(\d{1,16})\.([\w-]{1,64}))\.([\w-]{43})$/;

const isCurrent = ({ since, seen }: Session, now: number): boolean =>
  since <= now + CLOCKS_MS && now - since < LONGEST_SESSION_MS && now - seen < LONGEST_IDLE_MS;

export function isSame(sent: string, expected: string): boolean {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** RFC 5869. A read-only session ends also when the read-only token is another. */
function keyOf({ operate, read }: AdminTokens, level: Level): Buffer {
  const reader =
    level === "read"
      ? createHash("sha256")
          .update(read ?? "")
          .digest("hex")
      : "";
  const info = `label-studio-scim-bridge admin session ${level} ${reader}`;
  return Buffer.from(hkdfSync("sha256", operate, Buffer.alloc(0), info, 32));
}
