import type { Json } from '../../kernel/json.js';

const LONGEST = 60;

/** A value as a message shows it: its kind, and the value itself when it is short. */
export function describeJson(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return `${typeof value === 'string' ? 'text' : `the ${typeof value}`} \`${shown}\``;
}
