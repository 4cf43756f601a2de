// What a call to Label Studio is for (types only, part of the ports).

/** Says in log and traces why a call is made: ids and codes, no name and no address. */
export interface Errand {
  /** Of the SCIM request that it goes back to; undefined: the bridge does it of its own accord. */
  readonly requestId: string | undefined;
  /** e.g. `user.patch`, `group.members`, `sweep`. */
  readonly cause: string;
  /** Whose doing it is: `group <id>`, `request <id>`. */
  readonly origin: string;
  /** One operation on one person at one time. */
  readonly operationId: string;
}
