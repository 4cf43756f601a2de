import { each, userIdOf } from "./policy.js";

/** The key's own user: deactivating it would cut the bridge off from Label Studio. */
export const ownPrincipal = each((change, { principalId }) =>
  principalId !== undefined && userIdOf(change) === principalId
    ? "protected: this is the account of the bridge's own API key, change it by hand"
    : undefined,
);
