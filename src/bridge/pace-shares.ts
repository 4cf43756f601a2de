/**
 * The limit is for everything that calls Label Studio. One call a second is left to commands beside a running bridge, and to
 * the process that takes over while the last calls of the one before still count. Where there are so few, nothing is left.
 */
const RESERVED_RPS = 1;
const LEAST_TO_SHARE_RPS = 4;
export const shareOfLoop = (maxRps: number): number => (maxRps < LEAST_TO_SHARE_RPS ? maxRps : maxRps - RESERVED_RPS);
export const shareOfCommands = (maxRps: number): number => (maxRps < LEAST_TO_SHARE_RPS ? maxRps : RESERVED_RPS);
