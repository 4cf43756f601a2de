import type { Response } from "express";
import type { Level } from "./secrets.js";
import type { Session } from "./session.js";

/** Who asks, once they are let in. */
export interface Visitor {
  readonly level: Level;
  /** undefined: they have sent a token with this very request. */
  readonly session: Session | undefined;
  /** What forms carry; empty where none is needed. */
  readonly formToken: string;
}

const KEY = "visitor";

export const admit = (response: Response, visitor: Visitor): void => {
  response.locals[KEY] = visitor;
};

export const visitorOf = (response: Response): Visitor => response.locals[KEY] as Visitor;
