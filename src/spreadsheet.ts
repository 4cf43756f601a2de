// What is handed out as CSV is opened with a spreadsheet.

/** Also behind spaces and in full width. */
const FORMULA = /^[\s\u0000]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n\u0000]/;

/**
 * What begins like a formula is one to a spreadsheet, quoted or not (owasp.org/www-community/attacks/CSV_Injection): a
 * quote in front makes it text.
 */
export const notFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
