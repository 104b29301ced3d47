/** Statuses from one to another, both among them. */
export type HttpCodeRange = readonly [low: number, high: number];

/** `404`, `500-599` (`types.NewHTTPCodeRanges` of traefik/traefik); what stands behind another `-` is passed over. Undefined: it is none. */
export function readHttpCodeRange(text: string): HttpCodeRange | undefined {
  const [first = '', last = first] = text.split('-', 2);
  return [first, last].every((code) => /^\+?\d{1,18}$/.test(code)) ? [Number(first), Number(last)] : undefined;
}

/** Each status once, in the order in which they are named. Beyond 999 there is none. */
export function statusesWithin(ranges: Iterable<HttpCodeRange>): readonly number[] {
  const statuses = new Set<number>();
  for (const [low, high] of ranges) for (let status = Math.max(100, low); status <= Math.min(999, high); status++) statuses.add(status);
  return [...statuses];
}
