// WEBHOOK_URL and WEBHOOK_SECRET, a part of config.ts.
export interface WebhookSettings {
  readonly url: string;
  readonly key: Buffer;
}

type Values = Readonly<Record<string, string | undefined>>;

/** 24 to 64 bytes in base64, with or without the prefix (standard-webhooks, spec, "Signature scheme"). */
const SECRET = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

const keyOf = (secret: string | undefined): Buffer => Buffer.from(SECRET.exec(secret ?? "")?.[1] ?? "", "base64");

export function webhookProblems({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret }: Values): readonly string[] {
  const problems: string[] = [];
  if (url !== undefined && !(/^https?:\/\//.test(url) && URL.canParse(url)))
    problems.push("WEBHOOK_URL must be an http or https URL.");
  if (url !== undefined && secret === undefined)
    problems.push("WEBHOOK_SECRET is required with WEBHOOK_URL: without a signature a receiver believes anybody.");
  const { length } = keyOf(secret);
  if (secret !== undefined && (length < LEAST_BYTES || length > MOST_BYTES))
    problems.push(
      `WEBHOOK_SECRET must be ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64, as openssl rand -base64 32 makes them.`,
    );
  return problems;
}

export const webhookOf = ({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret }: Values): WebhookSettings | undefined =>
  url === undefined ? undefined : { url, key: keyOf(secret) };
