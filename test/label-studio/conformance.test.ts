// What the vendor does not document is tried each way (see the sandbox's Behaviour).
import { targetConformance } from "../conformance/target.js";

targetConformance("Label Studio of 2026");
targetConformance("with a personal access token", { personalAccessToken: true });
targetConformance("Label Studio of November 2025", { generation: "2025" });
targetConformance("counting what has changed, skipping strangers", { counts: "changed", strangers: "skipped" });
targetConformance("where a role that is there stays, and outlives the membership", {
  bulkRoles: "new only",
  rolesStay: true,
  namesSkipped: false,
});
targetConformance("without bulk calls, refusing who is a member already", {
  bulk: "absent",
  joinTwice: "refused",
  largestPage: 7,
});
