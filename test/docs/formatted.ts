import { format, resolveConfig } from "prettier";

/** As `npm run format` would leave it. */
export const formatted = async (file: string, text: string): Promise<string> =>
  format(text, { ...(await resolveConfig(file)), filepath: file });
