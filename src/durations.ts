// Lengths of time as people write them.
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `1h`, `7d`, in any letter case, with or without space; NaN: it is none. */
export function durationMs(text: string): number {
  const [, digits, unit = ""] = /^\s*(\d{1,6})\s*([smhd])\s*$/i.exec(text) ?? [];
  return Number(digits) * (UNITS_MS[unit.toLowerCase()] ?? NaN);
}
