import { parseGoBool } from '../../../kernel/go-bool.js';
import { isBrokenRegex } from '../../../regex/parse-regex.js';
import type { RoutingObject } from '../path-rule.js';
import {
  AnnotationReader,
  BASIC,
  CHARACTERS_WITH_SPACE,
  EXPRESSION,
  PATH_WITH_GROUPS,
  URL_TEXT,
  URL_WITH_VARIABLES,
} from './annotation-reader.js';
import { isReadable } from './client-certificates.js';
import type { Context } from './context.js';
import { unreadPasswords } from './denial.js';

/** What an annotation may say. */
interface Validator {
  /** `is …`, for messages. */
  readonly expects: string;
  readonly admits: (raw: string) => boolean;
}

/** An annotation whose value, where its validator refuses it, makes the controller refuse the Ingress as a whole. */
interface Guarded extends Validator {
  readonly name: string;
  /** Whether the controller comes to read it; always unless it is told. */
  readonly isRead?: (asked: Asked) => boolean;
}

/** An Ingress, and what stands beside it. */
interface Asked {
  readonly context: Pick<Context, 'model' | 'options'>;
  readonly ingress: RoutingObject;
  readonly reader: AnnotationReader;
}

/** `parser.ValidateRegex`: without its spaces where `spaces` is `removed`; line ends are in none of the classes. */
const matching = (expression: RegExp, expects: string, spaces: 'kept' | 'removed' = 'removed'): Validator => ({
  expects,
  admits: (raw) => {
    const text = spaces === 'removed' ? raw.replaceAll(' ', '') : raw;
    return expression.test(text) && !/[\r\n]/.test(text);
  },
});

const CHARACTERS = 'letters, digits and `-._~/:`';
const bool: Validator = { expects: '`true` or `false`', admits: (raw) => parseGoBool(raw) !== undefined };
const integer = matching(/^[-+]?\d{1,18}$/, 'a number', 'kept');
const size = matching(/^\d+[bkmg]?$/i, 'a size as `10m`');
const basic = matching(BASIC, CHARACTERS);
const url = matching(URL_TEXT, `an URL of ${CHARACTERS}, \`,?&=\`, without variables`, 'kept');
const isServerName = (name: string) => EXPRESSION.test(name.trim());
const names: Validator = {
  expects: `names or expressions of ${CHARACTERS}, \`^$[](){}*+?|&=\\\``,
  admits: (raw) => raw.split(',').every(isServerName),
};
const ALGORITHMS = ['round_robin', 'chash', 'chashsubset', 'sticky_balanced', 'sticky_persistent', 'ewma'];

const asksForPassword = ({ reader }: Asked) => reader.text('auth-type') !== '';
const readsPasswords = (asked: Asked) =>
  asksForPassword(asked) &&
  unreadPasswords(asked.context, asked.ingress, { secret: asked.reader.text('auth-secret', BASIC) }) === undefined;
const readsAuthorities = ({ context, ingress, reader }: Asked) => isReadable(context, ingress, reader.text('auth-tls-secret'));
/** A temporal redirect is all that is read where there is one. */
const isPermanent = ({ reader }: Asked) => reader.text('temporal-redirect') === '';

/** Those whose parser hands the error of the validator on; of all others a value that is refused counts as none, or denies the location (`internal/ingress/annotations`, each package's `Parse`). */
const GUARDED: readonly Guarded[] = [
  { name: 'auth-type', ...matching(/basic|digest/, '`basic` or `digest`') },
  { name: 'auth-secret-type', ...matching(/auth-file|auth-map/, '`auth-file` or `auth-map`'), isRead: asksForPassword },
  { name: 'auth-realm', ...matching(CHARACTERS_WITH_SPACE, `${CHARACTERS} and spaces`, 'kept'), isRead: readsPasswords },
  { name: 'auth-tls-secret', ...basic },
  {
    name: 'auth-tls-error-page',
    ...matching(/^((https?:\/\/)?[A-Za-z0-9\-.]*(:\d+)?\/[A-Za-z0-9\-.]*)?$/, 'an URL with a path of one part'),
    isRead: readsAuthorities,
  },
  { name: 'auth-tls-pass-certificate-to-upstream', ...bool, isRead: readsAuthorities },
  {
    name: 'auth-tls-match-cn',
    expects: '`CN=` and an expression',
    admits: (raw) => raw.startsWith('CN=') && !isBrokenRegex(raw.slice(3)),
    isRead: readsAuthorities,
  },
  { name: 'auth-url', ...matching(URL_WITH_VARIABLES, `an URL of ${CHARACTERS}, \`,?&=$\``) },
  { name: 'client-body-buffer-size', ...size },
  { name: 'connection-proxy-header', ...matching(/^(close|keep-alive)$/, '`close` or `keep-alive`') },
  { name: 'custom-http-errors', ...matching(/^(?:[4,5]\d{2},?)*$/, 'statuses from 400 to 599, as `404,503`') },
  { name: 'default-backend', ...matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, 'the name of a Service', 'kept') },
  { name: 'fastcgi-index', ...matching(/^[A-Za-z0-9.\-_]+$/, 'the name of a file') },
  { name: 'fastcgi-params-configmap', ...basic },
  { name: 'from-to-www-redirect', ...bool },
  { name: 'http2-push-preload', ...bool },
  {
    name: 'load-balance',
    expects: `one of ${ALGORITHMS.map((one) => `\`${one}\``).join(', ')}`,
    admits: (raw) => ALGORITHMS.includes(raw.trim()),
  },
  { name: 'permanent-redirect', ...url, isRead: isPermanent },
  { name: 'permanent-redirect-code', ...integer, isRead: isPermanent },
  { name: 'proxy-ssl-secret', ...basic },
  { name: 'relative-redirects', ...bool },
  { name: 'server-alias', ...names },
  { name: 'ssl-ciphers', ...matching(/^[A-Za-z0-9!:+-]*$/, 'ciphers of OpenSSL') },
  { name: 'ssl-passthrough', ...bool },
  { name: 'temporal-redirect', ...url },
  { name: 'temporal-redirect-code', ...integer },
  { name: 'upstream-hash-by', ...matching(/^[A-Za-z0-9\-_${}]*$/, 'variables and text of letters, digits, `-_`') },
  { name: 'upstream-hash-by-subset', ...bool },
  { name: 'upstream-hash-by-subset-size', ...integer },
  { name: 'upstream-vhost', expects: names.expects, admits: isServerName },
  { name: 'x-forwarded-prefix', ...matching(PATH_WITH_GROUPS, `a path of ${CHARACTERS}$`) },
];

/** The first annotation of an Ingress whose value makes the controller refuse all of it, and what it should be. An empty value is never looked at (`checkAnnotation`). */
export function refusedValue(
  context: Asked['context'],
  ingress: RoutingObject,
): { readonly name: string; readonly value: string; readonly expects: string } | undefined {
  const reader = new AnnotationReader(ingress);
  if (reader.isSilent) return undefined;
  for (const { name, admits, expects, isRead } of GUARDED) {
    const value = reader.raw(name);
    if (value !== '' && !admits(value) && isRead?.({ context, ingress, reader }) !== false) return { name, value, expects };
  }
  return undefined;
}
