const WORDS = new Map<string, boolean | null>([
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);
const NOT_A_NUMBER = new Map<string, number>([
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);
const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
/** Go's `strconv.ParseInt(text, 0, 64)`: `0x1f`, `0b11`, `0o17` and, as in YAML 1.1, `017`. */
const PREFIXED = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** First characters of all texts that are not simply text. */
const FIRST = new Set('0123456789+-.yYnNtTfFoO~');

function prefixedInteger(text: string): number | undefined {
  const match = PREFIXED.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal] = match;
  const value = hex !== undefined ? parseInt(hex, 16) : binary !== undefined ? parseInt(binary, 2) : parseInt(octal ?? '', 8);
  return sign === '-' ? -value : value;
}

/**
 * What an unquoted YAML scalar means to kubectl, which reads YAML 1.1 with exceptions: `yes` and `on` are booleans, `0644` is octal,
 * base 60 and timestamps are text (kubernetes-sigs/yaml `goyaml.v2/resolve.go`). One deviation: `y` and `n` are text here as in YAML 1.2, because
 * they are names far more often than flags, and kubectl then only refuses them. Not-a-number and infinities have no JSON: the caller refuses them.
 */
export function resolvePlainScalar(text: string): string | number | boolean | null {
  if (text !== '' && !FIRST.has(text.charAt(0))) return text;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const special = NOT_A_NUMBER.get(text);
  if (special !== undefined) return special;
  const plain = text.replaceAll('_', '');
  if (DECIMAL.test(plain)) return Number(plain);
  const integer = prefixedInteger(plain);
  if (integer !== undefined) return integer;
  return FLOAT.test(plain) ? Number(plain) : text;
}
