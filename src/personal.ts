// What of an audit line's detail is about a person rather than about what was done: erased when they are to be forgotten.
type Detail = Readonly<Record<string, unknown>>;

/** Values as the IdP sent them, and the vendor's words, which may quote somebody. Ids, roles and reasons are not among them. */
const PERSONAL: ReadonlySet<string> = new Set(["before", "after", "answer"]);
/** Says that something personal was there once. */
const ERASED = "erased";

const pick = (detail: Detail, wanted: (name: string) => boolean): Detail =>
  Object.fromEntries(Object.entries(detail).filter(([name]) => wanted(name)));

export const personalOf = (detail: Detail): Detail => pick(detail, (name) => PERSONAL.has(name));

export const impersonalOf = (detail: Detail): Detail => pick(detail, (name) => !PERSONAL.has(name) && name !== ERASED);

export const isErased = (detail: Detail): boolean => detail[ERASED] === true;

/** Nothing personal there: the same. */
export const withoutPersonal = (detail: Detail): Detail =>
  Object.keys(personalOf(detail)).length === 0 ? detail : { ...impersonalOf(detail), [ERASED]: true };
