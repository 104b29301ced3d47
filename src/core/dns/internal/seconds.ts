const UNITS: Readonly<Record<string, number>> = { '': 1, S: 1, M: 60, H: 3600, D: 86_400, W: 604_800 };
const MAX_SECONDS = 2 ** 32 - 1;

/** `3600`, `1h30m`, `2W` (miekg/dns `scan.go` stringToTTL). Undefined: no such time. */
export function secondsOf(text: string): number | undefined {
  if (!/^(?:\d{1,10}[SMHDW])*\d{0,10}$/i.test(text) || text === '') return undefined;
  let sum = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d{1,10})([SMHDW]?)/gi)) sum += Number(number) * (UNITS[unit.toUpperCase()] ?? 1);
  return sum > MAX_SECONDS ? undefined : sum;
}
