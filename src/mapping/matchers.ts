import { z } from "zod";

/** Names and patterns: SCIM sets no limit; this bounds the work of one glob, and no IdP shows longer group names. */
const LONGEST_TEXT = 256;

export const text = z.string().regex(/\S/).max(LONGEST_TEXT);

const user = z
  .strictObject({
    attribute: text.describe("Dotted path of a user attribute: roles.value, or urn:…:User:department"),
    equals: z.union([text, z.number(), z.boolean()]).optional().describe("Any value of the attribute, without case"),
    matches: text.optional().describe("The same with * for any characters"),
  })
  .meta({ oneOf: [{ required: ["equals"] }, { required: ["matches"] }] });

/** Whom a rule is about. */
export const matchers = {
  group: text.optional().describe("Display name of a group, without case and outer space; * stands for any characters"),
  groupId: text.optional().describe("The IdP's externalId of a group, or its id at the bridge; compared exactly"),
  user: user.optional().describe("A test of one attribute of the user"),
};

export const ONE_MATCHER = { oneOf: [{ required: ["group"] }, { required: ["groupId"] }, { required: ["user"] }] };
