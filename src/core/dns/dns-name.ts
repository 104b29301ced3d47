import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';

/** Longest name in presentation form without its final dot (RFC 1035 section 2.3.4: 255 octets on the wire). */
const MAX_NAME = 253;
/** The character code of a dot. */
const DOT = 46;
/** Longest label (RFC 1035 section 2.3.4). */
const MAX_LABEL = 63;

function refused(text: string, code: string, message: string, hint?: string): Result<never, Problem> {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  const sentence = `\`${shown}\` is not a DNS name: ${message}`;
  const detail = { pointer: '/name', code, message: sentence, ...(hint === undefined ? {} : { hint }) };
  return err(problem('invalid-request', sentence, { errors: [detail], ...(hint === undefined ? {} : { hint }) }));
}

/**
 * Checks a name as a person writes it, absolute (`web.shop.svc.cluster.local.`) or relative (`web`), and gives it back unchanged: its case is echoed by the
 * server. Limits are those of RFC 1035 section 2.3.4; underscores are allowed (RFC 2782), letters outside ASCII have to be written as `xn--…` (RFC 5891).
 */
export function checkDnsName(text: string): Result<string, Problem> {
  if (text === '') return refused(text, 'empty-name', 'it is empty', 'write a name such as `web` or `web.shop.svc.cluster.local`');
  if (text === '.') return ok(text);
  const body = text.endsWith('.') ? text.slice(0, -1) : text;
  if (body.length > MAX_NAME) return refused(text, 'name-too-long', `it has ${body.length} characters, at most ${MAX_NAME} are allowed`);
  for (const label of body.split('.')) {
    if (label === '') return refused(text, 'empty-label', 'it has an empty label: two dots in a row, or a dot at the start');
    if (label.length > MAX_LABEL)
      return refused(
        text,
        'label-too-long',
        `the label \`${label.slice(0, 20)}…\` has ${label.length} characters, at most ${MAX_LABEL} are allowed`,
      );
    const wrong = /[^\w*-]/.exec(label);
    if (!wrong) continue;
    const what = `the label \`${label}\` contains \`${wrong[0]}\``;
    if (label.includes('/') || label.includes(':'))
      return refused(text, 'not-a-name', `${what}: it looks like an address or a URL`, 'ask for the host name alone');
    return refused(
      text,
      'invalid-character',
      what,
      wrong[0] > '~' ? 'write international labels as `xn--…`' : 'letters, digits, `-` and `_` are allowed',
    );
  }
  return ok(text);
}

/** The name with its final dot. */
export function absoluteName(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** Whether `name` is `zone` or lies below it. Both are absolute and in lower case. */
export function isWithin(zone: string, name: string): boolean {
  if (zone === '.') return true;
  if (!name.endsWith(zone)) return false;
  return name.length === zone.length || name.charCodeAt(name.length - zone.length - 1) === DOT;
}

/** How many dots a name has: what `ndots` is compared with. */
export function countDots(name: string): number {
  return name.split('.').length - 1;
}
