import { inBrief } from '../../../kernel/in-brief.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { NginxFlag } from '../../../resources/nginx-policy.js';
import {
  balancingFault,
  httpHeaderFault,
  isBalancingOfPlus,
  nameFault,
  nextUpstreamFault,
  offsetFault,
  plainTextFault,
  qualifiedNameFault,
  sizeFault,
  timeFault,
} from '../../../resources/nginx-texts.js';
import type { F5Options } from './f5-options.js';

type Fault = (value: string, isPlus: boolean | undefined) => string | undefined;

/** Go's `strconv.ParseBool`. */
const BOOLEAN = /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;
const TRUE = /^(?:1|t|T|TRUE|true|True)$/;
const boolean: Fault = (value) => (BOOLEAN.test(value) ? undefined : 'no boolean');

/** `strconv.ParseInt(value, 10, 64)`. */
const integer: Fault = (value) => {
  if (!/^[+-]?0*\d{1,19}$/.test(value)) return 'no number';
  const number = BigInt(value.replace(/^\+/, ''));
  return BigInt.asIntN(64, number) === number ? undefined : 'no number';
};
/** `strconv.ParseUint(value, 10, 64)`. */
const count: Fault = (value) =>
  /^0*\d{1,20}$/.test(value) && BigInt.asUintN(64, BigInt(value)) === BigInt(value) ? undefined : 'no number, 0 or more';

const inWords =
  (fault: (text: string) => string | undefined, words: string): Fault =>
  (value) =>
    fault(value) === undefined ? undefined : words;

const oneOf =
  (...words: readonly string[]): Fault =>
  (value) =>
    words.includes(value) ? undefined : `none of ${words.join(', ')}`;

/** Each part of a list that commas divide. */
const list =
  (fault: (part: string) => string | undefined, words: string): Fault =>
  (value) =>
    value.split(',').every((part) => fault(part.trim()) === undefined) ? undefined : words;

/** `ParsePortList`: without blanks. */
const ports: Fault = (value) =>
  value.split(',').every((port) => /^\+?0*[1-9]\d{0,9}$/.test(port) && Number(port) < 2 ** 31)
    ? undefined
    : 'no list of ports, such as `80,8080`';

/** A header, which has the value of the request's own, or the one behind `:` (`validateProxySetHeaderAnnotation`). */
function headerFault(header: string): string | undefined {
  const [name = '', ...value] = header.split(':');
  return value.join(':').includes('$') ? 'it has `$`' : httpHeaderFault(name.trim());
}

/** `parseRewrites`. */
const REWRITE = /^serviceName=[^\s=]* rewrite=\/[^\s{};$=]*$/;
const rewrites: Fault = (value) =>
  value.split(';').every((part) => REWRITE.test(part.trim())) ? undefined : 'no list of rewrites, such as `serviceName=web rewrite=/v1/`';

/** `parseStickyService`. */
const stickyFault = (part: string) => (/^[^\s=]*=[^\s=]* /.test(part) ? plainTextFault(part.slice(part.indexOf(' ') + 1)) : 'no service');
const sticky: Fault = (value) =>
  value.split(';').every((part) => stickyFault(part) === undefined) ? undefined : 'no list such as `serviceName=web srv_id expires=1h`';

/** `internal/k8s/validation_test.go`, `nginx.org/rewrite-target`: a path of the backend, and never another server. */
function rewriteTarget(value: string): string | undefined {
  if (/^https?:\/\//.test(value) || value.startsWith('//')) return 'no path, but a URL';
  if (/\.\.[/\\]/.test(value)) return 'a path that leaves its directory';
  return value.startsWith('/') ? undefined : 'no path: it must begin with `/`';
}

/** `validateJWTTokenAnnotation`. */
const token: Fault = (value) =>
  value.startsWith('$') && plainTextFault(value.slice(1)) === undefined ? undefined : 'no variable such as `$http_token`';

const balancing: Fault = (value, isPlus) => {
  if (balancingFault(value) !== undefined) return 'no way of nginx to balance load';
  return isPlus === false && isBalancingOfPlus(value) ? 'a way of NGINX Plus to balance load' : undefined;
};

const tokens: Fault = (value, isPlus) =>
  isPlus === false ? boolean(value, isPlus) : inWords(plainTextFault, 'no text that may stand between quotation marks')(value, isPlus);

const time = inWords(timeFault, 'no time, such as `30s`');
const size = inWords(sizeFault, 'no size, such as `16k`');
const name = inWords(nameFault, 'no name of a Secret');
const realm = inWords(plainTextFault, 'no text: quotation marks must be escaped, and `$` cannot stand in it');
const headers = list(httpHeaderFault, 'no list of headers');

/** What annotations must be, if they are there (nginx/kubernetes-ingress `internal/k8s/validation.go`, `annotationValidations`; `validation_test.go`). An empty one is refused, but where the table takes it. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'nginx.org/mergeable-ingress-type': oneOf('master', 'minion'),
  'nginx.org/path-regex': oneOf('case_sensitive', 'case_insensitive', 'exact'),
  'nginx.org/lb-method': balancing,
  'nginx.org/server-tokens': tokens,
  ...all(time, 'nginx.org/proxy-', 'connect-timeout', 'read-timeout', 'send-timeout'),
  'nginx.org/fail-timeout': time,
  'nginx.com/slow-start': time,
  ...all(headers, 'nginx.org/proxy-', 'hide-headers', 'pass-headers'),
  'nginx.org/proxy-set-headers': list(headerFault, 'no list of headers, such as `X-Name: value`'),
  'nginx.org/client-max-body-size': inWords(offsetFault, 'no size, such as `1m`'),
  ...all(boolean, 'nginx.org/', 'redirect-to-https', 'ssl-redirect', 'proxy-buffering', 'use-cluster-ip'),
  'ingress.kubernetes.io/ssl-redirect': boolean,
  ...all(boolean, 'nginx.org/hsts', '', '-include-subdomains', '-behind-proxy'),
  'nginx.org/hsts-max-age': integer,
  'nginx.org/proxy-buffers': (value) => (/^\d+ \d+[kKmM]?$/.test(value.trim()) ? undefined : 'no number and size, such as `8 4k`'),
  ...all(size, 'nginx.org/', 'proxy-buffer-size', 'proxy-busy-buffers-size', 'proxy-max-temp-file-size', 'upstream-zone-size'),
  'nginx.org/basic-auth-secret': name,
  'nginx.org/basic-auth-realm': realm,
  'nginx.com/jwt-key': name,
  'nginx.com/jwt-realm': (value, isPlus) => (value === '' ? 'no text' : realm(value, isPlus)),
  'nginx.com/jwt-token': token,
  'nginx.com/jwt-login-url': (value) => (/^[A-Za-z][\w+.-]*:\/\/[^/?#]/.test(value) ? undefined : 'no URL with a scheme and a host'),
  ...all(ports, 'nginx.org/listen-ports', '', '-ssl'),
  'nginx.org/keepalive': integer,
  ...all(count, 'nginx.org/max-', 'fails', 'conns'),
  ...all(boolean, 'nginx.com/health-checks', '', '-mandatory'),
  'nginx.com/health-checks-mandatory-queue': count,
  'nginx.org/rewrites': rewrites,
  'nginx.org/rewrite-target': rewriteTarget,
  'nginx.com/sticky-cookie-services': sticky,
  'nginx.org/app-root': (value) => (/^\/[^\s;"\\]*$/.test(value) ? undefined : 'no path'),
  'nginx.org/proxy-next-upstream': inWords(nextUpstreamFault, 'nothing to go to the next server for'),
  'appprotect.f5.com/app-protect-enable': boolean,
  'appprotect.f5.com/app-protect-security-log-enable': boolean,
  'appprotect.f5.com/app-protect-policy': inWords(qualifiedNameFault, 'neither a name nor `namespace/name`'),
  'appprotect.f5.com/app-protect-security-log': list(qualifiedNameFault, 'no list of names'),
};

function all(fault: Fault, start: string, ...ends: readonly string[]): Readonly<Record<string, Fault>> {
  return Object.fromEntries(ends.map((end) => [`${start}${end}`, fault]));
}

/** Annotations that say nothing without another one, which has to be on where it says so (`validateRelatedAnnotation`). */
const RELATED: Readonly<Record<string, readonly [name: string, isOn?: true]>> = {
  'nginx.org/hsts-max-age': ['nginx.org/hsts'],
  'nginx.org/hsts-include-subdomains': ['nginx.org/hsts'],
  'nginx.org/hsts-behind-proxy': ['nginx.org/hsts'],
  'nginx.org/basic-auth-realm': ['nginx.org/basic-auth-secret'],
  'nginx.com/health-checks-mandatory': ['nginx.com/health-checks', true],
  'nginx.com/health-checks-mandatory-queue': ['nginx.com/health-checks-mandatory', true],
};

/** Which parts of the controller annotations need (`validatePlusOnlyAnnotation`, `validateAppProtectOnlyAnnotation`, `validateAppProtectDosOnlyAnnotation`). */
function flagsOf(annotation: string): readonly NginxFlag[] {
  if (annotation.startsWith('appprotect.f5.com/')) return ['enable-app-protect', 'nginx-plus'];
  if (annotation.startsWith('appprotectdos.f5.com/')) return ['enable-app-protect-dos', 'nginx-plus'];
  return OF_PLUS.test(annotation) ? ['nginx-plus'] : [];
}
const OF_PLUS = /^nginx\.com\/(?:health-checks|slow-start|jwt-|sticky-cookie-services)/;

/** The first annotation, by name, that is not what it must be; undefined: there is none. */
export function annotationValueFault({ annotations }: Pick<Ingress, 'annotations'>, { off }: Pick<F5Options, 'off'>): string | undefined {
  const isPlus = off.has('nginx-plus') ? false : undefined;
  for (const annotation of Object.keys(annotations).toSorted()) {
    const flag = flagsOf(annotation).find((one) => off.has(one));
    if (flag !== undefined) return `\`${annotation}\` needs \`-${flag}\`, without which the controller runs`;
    const [related, isOn] = RELATED[annotation] ?? [];
    if (related !== undefined && !Object.hasOwn(annotations, related)) return `\`${annotation}\` says nothing without \`${related}\``;
    if (related !== undefined && isOn && !TRUE.test(annotations[related] ?? '')) return `\`${annotation}\` needs \`${related}\` to be true`;
    const value = annotations[annotation] ?? '';
    const fault = Object.hasOwn(FAULTS, annotation) ? FAULTS[annotation]?.(value, isPlus) : undefined;
    if (fault !== undefined) return `\`${annotation}\` is \`${inBrief(value)}\`, ${fault}`;
  }
  return undefined;
}
