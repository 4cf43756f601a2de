// What identity providers prove themselves with, as far as the store keeps it (types only, part of the ports).
import type { AuditLine } from "./inquiries.js";

/** `token`: sent with every SCIM request. `client`: a client's secret, exchanged for tokens that last an hour. */
export type CredentialKind = "token" | "client";

/** Instants are milliseconds since the epoch. Of the secret there is its digest only. */
export interface Credential {
  readonly id: string;
  readonly kind: CredentialKind;
  /** The operator's word for who has it, and a client's id; two of one name can be live, so that they can be exchanged. */
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly createdAt: number;
  /** undefined: never. */
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number | undefined;
}

/** What access tokens are signed with. Whoever has it can make them. */
export interface SigningKey {
  readonly id: string;
  /** base64url. */
  readonly secret: string;
}

export interface Credentials {
  /** All that have not been revoked, the expired ones too, oldest first. */
  all(): Promise<readonly Credential[]>;
  /** UNIQUENESS when two of the name are live already. Those of the name that have expired by `createdAt` are removed. */
  add(credential: Credential, line: AuditLine): Promise<void>;
  /** Removes them; answers those that were there. No line without any. */
  revoke(ids: readonly string[], line: AuditLine): Promise<readonly string[]>;
  /** When each was last used; whoever says something earlier than what is known is not listened to. */
  noteUses(uses: ReadonlyMap<string, number>): Promise<void>;
  /** The one key of this store: the first that was ever proposed. */
  signingKey(proposed: SigningKey, at: number): Promise<SigningKey>;
}
