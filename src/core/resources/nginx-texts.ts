import { isDnsLabel, isDnsSubdomain } from './dns-label.js';
import { escapedTextFault, variablesFault } from './internal/nginx-text-faults.js';

/** Texts that the controller of NGINX Inc. takes, as the faults of those that it does not (nginx/kubernetes-ingress `internal/configs/parsing_helpers.go`, `pkg/apis/configuration/validation/common.go`). */
type Fault = (text: string) => string | undefined;

type Field = { readonly is: 'text'; readonly fault: Fault };

export const text = (fault: Fault): Field => ({ is: 'text', fault });
export const needed = (fault: Fault) => ({ is: 'text', needed: true, fault }) as const;
export const count = (least: number, most = Number.MAX_SAFE_INTEGER) => ({ is: 'number', least, most }) as const;
export const flag = { is: 'boolean' } as const;

const matching =
  (pattern: RegExp, words: string): Fault =>
  (value) =>
    pattern.test(value) ? undefined : words;

/** Whitespace of Go's `\s`. */
const BLANKS = /[\t\n\f\r ]+/g;
/** A number without a unit ends where its digits do: no number is cut in two, and none is looked at from each of its digits. */
const TIME = /^(?:\d+y)? ?(?:\d+M)? ?(?:\d+w)? ?(?:\d+d)? ?(?:\d+h)? ?(?:\d+m)? ?(?:\d+(?!\d)s?)? ?(?:\d+ms)?$/;

/** `ParseTime`: units from years to milliseconds, the largest first; blanks may stand between them, and any number of them are as one. */
export const timeFault: Fault = (value) => {
  const plain = value.replace(BLANKS, ' ');
  return plain.trim() !== '' && TIME.test(plain) ? undefined : 'is no time of nginx, such as `30s` or `1h 30m`';
};

/** `ParseSize`, `ParseOffset`. */
export const sizeFault: Fault = (value) => matching(/^\d+[kKmM]?$/, 'is no size of nginx, such as `16k` or `1m`')(value.trim());
export const offsetFault: Fault = (value) => matching(/^\d+[kKmMgG]?$/, 'is no size of nginx, such as `16k`, `1m` or `2g`')(value.trim());

/** `validatePath`. */
export const pathFault = matching(/^\/[^\s{};\\]*$/, 'must begin with `/` and have neither blanks, braces, backslashes nor `;`');

/** One of some words. */
export const oneOf =
  (...words: readonly string[]): Fault =>
  (value) =>
    words.includes(value) ? undefined : `is none of ${words.join(', ')}`;

/** `IsDNS1035Label`: names of Services and upstreams. */
export const labelFault: Fault = (value) =>
  value.length <= 63 && /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(value)
    ? undefined
    : 'is no name: a lower-case letter, then letters, digits and `-`, 63 at most';

/** `IsDNS1123Subdomain`: names of Secrets and hosts. */
export const nameFault: Fault = (value) => (isDnsSubdomain(value) ? undefined : 'is no name: lower-case letters, digits, `-` and `.`');

/** A name of those, behind the name of a namespace or not. */
export const placedNameFault: Fault = (value) => {
  const parts = value.split('/');
  if (parts.length > 2) return 'is neither a name nor `namespace/name`';
  return (
    (parts.length === 2 && !isDnsLabel(parts[0] ?? '') ? 'has no namespace before its `/`' : undefined) ?? nameFault(parts.at(-1) ?? '')
  );
};

/** The same of a Service. */
export const placedServiceFault: Fault = (value) => placedNameFault(value) ?? labelFault(value.split('/').at(-1) ?? '');

/** `IsQualifiedName`: a name, behind a subdomain and `/` or not. */
export const qualifiedNameFault: Fault = (value) => {
  const parts = value.split('/');
  const [prefix, name] = parts.length === 2 ? parts : [undefined, value];
  const isName = name !== undefined && name.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name);
  return parts.length <= 2 && isName && (prefix === undefined || isDnsSubdomain(prefix))
    ? undefined
    : 'is neither a name nor `namespace/name`';
};

/** Names of cookies and of arguments (`isCookieName`). */
export const cookieFault = matching(/^[_A-Za-z0-9]+$/, 'has more than letters, digits and `_`');

/** `isValidHeaderValue`, `validateRealm`, `validateClientID`. */
export const plainTextFault: Fault = (value) =>
  /["$\\]/.test(value.replace(/\\[^$]/g, ''))
    ? 'has `$`, a quotation mark that is not escaped, or a backslash that escapes nothing'
    : undefined;

/** `ValidateEscapedString`. */
export const escapedFault: Fault = (value) => {
  const fault = escapedTextFault(value);
  return fault === undefined ? undefined : `is refused: ${fault}`;
};

const METHODS = ['round_robin', 'least_conn', 'ip_hash', 'random', 'random two', 'random two least_conn'];
const METHODS_OF_PLUS = [
  'random two least_time=header',
  'random two least_time=last_byte',
  ...['header', 'last_byte', 'header inflight', 'last_byte inflight'].map((one) => `least_time ${one}`),
];

/** `ParseLBMethodForPlus`. */
export const balancingFault: Fault = (value) => {
  const method = value.trim();
  const isHash = /^hash [^ ]*(?: consistent)?$/.test(method);
  return isHash || METHODS.includes(method) || METHODS_OF_PLUS.includes(method) ? undefined : 'is no way of nginx to balance load';
};

/** Whether NGINX Plus alone balances so (`ParseLBMethod`). */
export const isBalancingOfPlus = (value: string) => METHODS_OF_PLUS.includes(value.trim());

const OF_STREAMS = [
  'round_robin',
  'least_conn',
  'random',
  'random two',
  'random two least_conn',
  'random least_conn',
  ...['connect', 'first_byte', 'last_byte', 'last_byte inflight'].map((one) => `least_time ${one}`),
];

/** `loadBalancingVariables`. */
const OF_HASHES = new Set(['remote_addr']);

/** `validateLoadBalancingMethod` of TransportServers. */
export const streamBalancingFault: Fault = (value) => {
  const method = value.trim();
  const [, key] = /^hash (\S+)(?: consistent)?$/.exec(method) ?? [];
  if (key !== undefined) {
    const fault = variablesFault(key, OF_HASHES, []) ?? escapedTextFault(method);
    return fault === undefined ? undefined : `is refused: ${fault}`;
  }
  return OF_STREAMS.includes(method) ? undefined : 'is no way of nginx to balance connections';
};

const NEXT = ['error', 'timeout', 'invalid_header', 'http_500', 'http_502', 'http_503', 'http_504', 'http_403', 'http_404', 'http_429'];

/** `validateNextUpstream`: each once. */
export const nextUpstreamFault: Fault = (value) => {
  const words = value.split(BLANKS).filter((word) => word !== '');
  const odd = words.find((word) => ![...NEXT, 'non_idempotent', 'off'].includes(word));
  if (odd !== undefined) return `has \`${odd}\`, which is nothing to go to the next upstream for`;
  return new Set(words).size < words.length ? 'says a thing twice' : undefined;
};

/** `validateStatusMatch`: codes and ranges of them, `!` before all of them or not. */
export const statusMatchFault: Fault = (value) => {
  const isCode = (code: string) => /^[1-9]\d\d$/.test(code);
  const isRange = ([first = '', last = '', more]: readonly string[]) =>
    more === undefined && isCode(first) && isCode(last) && Number(first) < Number(last);
  const words = value.replace(/^! /, '').split(' ');
  return words.every((word) => (word.includes('-') ? isRange(word.split('-')) : isCode(word)))
    ? undefined
    : 'has no codes as `200`, `200-399` or `! 500`';
};

const WITH_HOST = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)(\/[^?#]*)/;

/** `validateURL`: a scheme, a host of lower-case letters and a path. */
export const urlFault: Fault = (value) => {
  const [, place = ''] = WITH_HOST.exec(value) ?? [];
  const [, host = '', port] = /^(.*?)(?::(\d*))?$/.exec(place) ?? [];
  const isPort = port === undefined || port === '' || (Number(port) >= 1 && Number(port) <= 65535);
  return place !== '' && isDnsSubdomain(host) && isPort ? undefined : 'is no URL with a scheme, a host and a path';
};

/** Names of headers in lists (`validateHeaderName`). */
export const headerNameFault = matching(/^[-A-Za-z0-9_]+$/, 'is no name of a header');

/** `IsHTTPHeaderName`. */
export const httpHeaderFault = matching(/^[-A-Za-z0-9]+$/, 'is no name of a header');
