// NUL and halves of surrogate pairs: no UTF-8 text can carry the one and no database text the other, so what was stored
// would not be what was sent (RFC 7643 §2.3.1, RFC 8259 §8.2).
const UNSTORABLE = /[\0\p{Cs}]/u;

export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);
