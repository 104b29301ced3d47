import type { ObjectReader } from './object-reader.js';
import { shortened } from './selector-tokens.js';

const FIELDS: ReadonlySet<string> = new Set(['matchName', 'matchPattern']);
const LONGEST = 255;
/** `^([-a-zA-Z0-9_]+[.]?)+$` of `pkg/policy/api/fqdn.go`, written so that there is one way to match a text: Go tries all at once, and this engine one by one. */
const NAME = /^[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*\.?$/;
const PATTERN = /^[-a-zA-Z0-9_*]+(?:\.[-a-zA-Z0-9_*]+)*\.?$/;

/**
 * Reads an element of `toFQDNs` or of `rules.dns`: a `matchName` or a `matchPattern`. The answer is in lower case and without a final dot, and says the same
 * thing in one way: `*` for every name, `**.` in front for any number of labels, else `*` for characters of one label (cilium/cilium
 * `pkg/fqdn/matchpattern/matchpattern.go`). Undefined where the API server refuses it.
 */
export function readCiliumName(reader: ObjectReader): string | undefined {
  reader.expectOnly(FIELDS);
  const [name, pattern] = [reader.filledText('matchName'), reader.filledText('matchPattern')];
  if ((name === undefined) === (pattern === undefined)) {
    reader.findings.report('error', 'ambiguous-peer', reader.pointer, 'a domain name needs a matchName or a matchPattern, and not both');
    return undefined;
  }
  const [field, text, form] = name === undefined ? ['matchPattern', pattern ?? '', PATTERN] : ['matchName', name, NAME];
  if (text.length <= LONGEST && form.test(text)) return canonicalName(text);
  const stars = name !== undefined && PATTERN.test(text) ? 'write a `matchPattern` for names with `*`' : undefined;
  const what = field === 'matchName' ? 'domain name' : 'pattern of domain names';
  const why =
    text.length > LONGEST
      ? `it has ${text.length} characters, and ${LONGEST} are allowed`
      : 'it has other characters than letters, digits, `-`, `_` and single dots';
  reader.error('invalid-value', field, `\`${shortened(text)}\` is no ${what}: ${why}`, stars);
  return undefined;
}

function canonicalName(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (/^\*+$/.test(name)) return '*';
  const deep = /^\*\*+\./.exec(name)?.[0].length ?? 0;
  return `${deep > 0 ? '**.' : ''}${name.slice(deep).replace(/\*+/g, '*')}`;
}
