// cli: one file per command, streams in, exit code out.
// Invariant: a command prints and answers an exit code; it changes nothing by itself and never talks to Label Studio directly.
// Flow: main hands in arguments, environment and streams; commands ask the bridge, a running one by HTTP, or pure rooms.
export { run, type Io } from "./run.js";
