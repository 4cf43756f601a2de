// Which process may act at Label Studio (types only, part of the ports).

/** What calls to Label Studio go out under. */
export interface Permit {
  /** How long it lasts; 0 or less: no call may go out or be on its way. */
  leftMs(): number;
  /** False: it is lost. Never rejects. */
  renew(): Promise<boolean>;
}

/** How fast calls go out. */
export interface Paced {
  pace(): PaceReport;
}

export interface PaceReport {
  /** Calls a second that are allowed now; 0 in a pause, and where there is no limit. */
  readonly perSecond: number;
  /** 0: none. */
  readonly limit: number;
  /** Calls that wait for their turn. */
  readonly waiting: number;
}

/** One process at a time runs the loop. */
export interface Turns {
  /** False while it is another holder's whose lease has not run out. */
  takeLoop(holder: string, leaseMs: number): Promise<boolean>;
  /** Prolongs the lease; false when somebody else has taken the loop. */
  keepLoop(holder: string, leaseMs: number): Promise<boolean>;
  leaveLoop(holder: string): Promise<void>;
}
