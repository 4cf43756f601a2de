// Which account of Label Studio is whose (types only, part of the ports).
import type { AuditLine } from "./inquiries.js";
import type { Member } from "../membership/index.js";

/** The bond between a SCIM user and a Label Studio account; a tombstone once the user is deleted over SCIM. */
export interface Link {
  readonly personId: string;
  readonly userId: number;
  /** The account's address as last observed. */
  readonly email: string;
  readonly tombstone: boolean;
  readonly createdByUs: boolean;
  /** A role rule has matched at least once. */
  readonly everMatched: boolean;
  /** Role held before the bridge set DI; what a reactivation under `keep` restores. */
  readonly roleBeforeDeactivation: string | undefined;
  /** Names last sent, or the IdP's at adoption, as the plan writes them. */
  readonly namesSent: string;
}

/** Who takes an account over from somebody who is inactive or deleted. */
export interface Heir {
  readonly personId: string;
  readonly cause: string;
  readonly now: number;
}

/** The store is taken to another server: what it learned at the old one stays only where the new one confirms it. */
export interface Move {
  /** The fact that names the server, and its new value. */
  readonly fact: { readonly name: string; readonly value: string };
  /** Everybody there, from one complete read: replaces the cache. */
  readonly members: readonly Member[];
  readonly askedAt: number;
  /** Facts whose names begin with one of these are about the old server. */
  readonly forget: readonly string[];
  readonly cause: string;
  readonly now: number;
  audit(links: LinksMoved): AuditLine;
}

export interface LinksMoved {
  /** User id and address are those of a member there. */
  readonly kept: number;
  readonly dropped: number;
}
