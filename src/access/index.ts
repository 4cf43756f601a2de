// access: who may come in over SCIM: tokens of the settings, managed tokens, and access tokens for clients (OAuth 2.0).
// Invariant: of a secret the store has a digest only; what cannot be told to be valid is refused, never let in.
// Flow: operators make and revoke credentials at the desk; the keyring follows the store; scim asks the gate about each
// token that it is sent; /oauth/token gives access tokens to clients and federated workloads.
export { credentialDesk, USUAL_LIFETIME } from "./desk.js";
export type { CredentialAsked, CredentialDesk, NewCredential, ShownCredential } from "./desk.js";
export { openAccess, type Access, type AccessOptions } from "./open.js";
export { fixedTokens, type FixedToken } from "./fixed.js";
export { Attempts } from "./attempts.js";
