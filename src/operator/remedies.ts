// What an operator can do about what Label Studio, or a rail, says. The vendor's words are an open set: the first that fits.

const REMEDIES: readonly { readonly says: RegExp; readonly remedy: string }[] = [
  {
    says: /safety\./,
    remedy:
      "Was it meant? Approve it. Was it a mistake at the identity provider? Undo it there: whoever is as before is held no more.",
  },
  {
    says: /seat/i,
    remedy: "Free a seat (deactivate somebody), or buy one: whoever has waited longest gets it by itself.",
  },
  {
    says: /protect|Owner|break-glass|ceiling/i,
    remedy: "The mapping protects them (protect). Change it there, or change the role by hand at Label Studio.",
  },
  {
    says: /another one|was removed from|removed from the organisation/i,
    remedy: "Invite them again in Label Studio, or set create: invite in the mapping; the next look links the account.",
  },
  {
    says: /no e-mail/i,
    remedy:
      "Have the identity provider send an e-mail address (a primary one, or of type work), or an address as userName.",
  },
  {
    says: /address belongs to/i,
    remedy: "Two people have one address: correct one of them at the identity provider.",
  },
  {
    says: /create: never/,
    remedy: "Invite them in Label Studio, or set create: api or create: invite in the mapping.",
  },
  { says: /observe/, remedy: "Start the bridge without BRIDGE_MODE=observe, and it is carried out." },
  { says: /\b401\b|key/i, remedy: "Check LABEL_STUDIO_API_KEY: `doctor` says what Label Studio answers to it." },
  {
    says: /\b403\b|permission/i,
    remedy: "The key's user may not do this: it has to be an Administrator's. `doctor` lists what it may do.",
  },
  {
    says: /\b429\b|rate/i,
    remedy: "Label Studio slows the bridge down; it is tried again by itself. LABEL_STUDIO_MAX_RPS may be too high.",
  },
  {
    says: /\b5\d\d\b|timed? ?out|unreachable|reset|answer/i,
    remedy: "It is tried again by itself, later and later, up to every 15 minutes. `retry` tries at once.",
  },
];

export const remedyFor = (words: string | undefined): string | undefined =>
  words === undefined ? undefined : REMEDIES.find(({ says }) => says.test(words))?.remedy;
