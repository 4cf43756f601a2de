// Names come from elsewhere, and are shown on the page and on terminals.

/** Control characters, and those that turn around what is written (Unicode TR 9 §2.1, §2.2): neither line feed nor tab. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** With what would do something instead of being read shown by its number: nobody looks like somebody else by it. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (sign) => `<U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`);
