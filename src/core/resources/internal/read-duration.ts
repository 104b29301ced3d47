import type { ObjectReader } from './object-reader.js';

const DURATION = /^(?:\d{1,5}(?:h|ms|m|s)){1,4}$/;
const PART = /(\d+)(h|ms|m|s)/g;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** A duration of the Gateway API (GEP-2257) in milliseconds. */
export function readDuration(reader: ObjectReader, field: string): number | undefined {
  const text = reader.filledText(field);
  if (text === undefined) return undefined;
  if (!DURATION.test(text)) {
    reader.error('invalid-value', field, `\`${text}\` is no duration such as \`1h30m\`, \`10s\` or \`500ms\``);
    return undefined;
  }
  return [...text.matchAll(PART)].reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNIT_MS[unit] ?? 0), 0);
}
