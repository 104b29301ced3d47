import type { Json } from '../../core/kernel/json.js';

/** `quantity.go` of k8s.io/apimachinery/pkg/api/resource: a number, and a suffix of two, of ten, or an exponent. */
const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,9}))?$/;

/** Longer texts are alike where they are written alike. */
const MOST_CHARACTERS = 64;

const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** Whether two values of a resource are as much, however they are written: `1Gi` and `1024Mi`. */
export function sameQuantity(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && factorsOf(a) === factorsOf(b));
}

/** A number as its factors of two, of five, and the rest, which are those of no other number. */
function factorsOf(value: Json): string {
  const text = typeof value === 'number' ? String(value) : value;
  const parts = typeof text === 'string' && text.length <= MOST_CHARACTERS ? QUANTITY.exec(text) : null;
  const [, sign = '', whole = '', fraction = '', binary, decimal, exponent] = parts ?? [];
  const digits = BigInt(`${whole}${fraction}` || '0');
  if (!parts || (whole === '' && fraction === '')) return JSON.stringify(value);
  if (digits === 0n) return '0';
  const tens = (decimal === undefined ? Number(exponent ?? 0) : (DECIMAL[decimal] ?? 0)) - fraction.length;
  const twos = binary === undefined ? 0 : 10 * (BINARY.indexOf(binary) + 1);
  const [odd, ofTwo] = without(2n, digits);
  const [rest, ofFive] = without(5n, odd);
  return [sign === '-' ? '-' : '', rest, twos + tens + ofTwo, tens + ofFive].join(' ');
}

function without(factor: bigint, number: bigint): readonly [rest: bigint, times: number] {
  let [rest, times] = [number, 0];
  for (; rest % factor === 0n; times++) rest /= factor;
  return [rest, times];
}
