import type { RoutingObject } from '../path-rule.js';

const PREFIX = 'nginx.ingress.kubernetes.io/';

/** A redirect that an annotation asks for; temporal goes before permanent (`annotations/redirect/redirect.go`). */
interface AskedRedirect {
  readonly url: string;
  readonly code: number;
}

/** How requests are picked for a canary (`annotations/canary/main.go`). */
export interface CanaryRules {
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  readonly cookie: string;
  readonly weight: number;
  readonly weightTotal: number;
}

/** How nginx speaks TLS with backends (`annotations/proxyssl/main.go`). */
interface ProxySsl {
  /** `namespace/name`, as written; empty: none. */
  readonly secret: string;
  readonly name: string;
  readonly verifies: boolean;
  readonly sendsName: boolean;
}

/** What the annotations of one Ingress ask of its locations. */
export interface NginxAnnotations {
  readonly canary: CanaryRules | undefined;
  readonly rewriteTarget: string;
  readonly useRegex: boolean;
  readonly appRoot: string;
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly preserveTrailingSlash: boolean;
  readonly redirect: AskedRedirect | undefined;
  readonly fromToWww: boolean;
  /** Redirects of nginx itself name no scheme and host. */
  readonly relativeRedirects: boolean;
  /** The redirect to https names its port. */
  readonly portInRedirects: boolean;
  readonly sslPassthrough: boolean;
  readonly aliases: readonly string[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly upstreamVhost: string;
  readonly forwardedPrefix: string;
  readonly defaultBackend: string;
  /** Requests go to the address of the Service, not to its endpoints. */
  readonly serviceUpstream: boolean;
  /** `HTTP`, `HTTPS`, `AUTO_HTTP`, `GRPC`, `GRPCS`, `FCGI`. */
  readonly backendProtocol: string;
  readonly proxySsl: ProxySsl;
  /** Names of the annotations that run text of their own in nginx. */
  readonly snippets: readonly string[];
  /** Names of the annotations that ask who the client is. */
  readonly authentication: readonly string[];
  /** Names of annotations that may change where a request goes, in ways that are not modelled. */
  readonly notModelled: readonly string[];
}

const SNIPPETS = ['configuration-snippet', 'server-snippet', 'modsecurity-snippet', 'auth-snippet', 'stream-snippet'];
const AUTHENTICATION = ['auth-url', 'auth-type', 'auth-tls-secret'];
const NOT_MODELLED = ['affinity', 'mirror-target', 'custom-http-errors', 'satisfy', 'enable-modsecurity', 'limit-whitelist'];

const read = new WeakMap<RoutingObject, NginxAnnotations>();

/** Reads the annotations of an Ingress, once. A value that cannot be read counts as absent, as the controller has it. */
export function annotationsOf(ingress: RoutingObject): NginxAnnotations {
  let known = read.get(ingress);
  if (!known) {
    known = readAnnotations(ingress);
    read.set(ingress, known);
  }
  return known;
}

/** The pointer to an annotation by its short name. */
export function annotationPointer(name: string): string {
  return `/metadata/annotations/${`${PREFIX}${name}`.replaceAll('/', '~1')}`;
}

function readAnnotations({ annotations }: RoutingObject): NginxAnnotations {
  const text = (name: string) => (Object.hasOwn(annotations, PREFIX + name) ? (annotations[PREFIX + name] ?? '').trim() : '');
  const flag = (name: string, otherwise = false) => booleanOf(text(name)) ?? otherwise;
  const present = (names: readonly string[]) => names.filter((name) => text(name) !== '');
  return {
    canary: flag('canary') ? canaryRules(text) : undefined,
    rewriteTarget: text('rewrite-target'),
    useRegex: flag('use-regex'),
    appRoot: text('app-root').startsWith('/') ? text('app-root') : '',
    sslRedirect: flag('ssl-redirect', true),
    forceSslRedirect: flag('force-ssl-redirect'),
    preserveTrailingSlash: flag('preserve-trailing-slash'),
    ...redirectsOf(text, flag),
    portInRedirects: flag('use-port-in-redirects'),
    sslPassthrough: flag('ssl-passthrough'),
    aliases: listOf(text('server-alias')),
    allow: listOf(text('allowlist-source-range') || text('whitelist-source-range')),
    deny: listOf(text('denylist-source-range')),
    upstreamVhost: text('upstream-vhost'),
    forwardedPrefix: text('x-forwarded-prefix'),
    defaultBackend: text('default-backend'),
    serviceUpstream: flag('service-upstream'),
    backendProtocol: protocolOf(text('backend-protocol')),
    proxySsl: {
      secret: text('proxy-ssl-secret'),
      name: text('proxy-ssl-name'),
      verifies: text('proxy-ssl-verify') === 'on',
      sendsName: text('proxy-ssl-server-name') === 'on',
    },
    snippets: present(SNIPPETS),
    authentication: present(AUTHENTICATION),
    notModelled: present(NOT_MODELLED),
  };
}

/** In any case; what is none of them is HTTP (`annotations/backendprotocol/main.go`). */
function protocolOf(text: string): string {
  const upper = text.toUpperCase();
  return ['HTTPS', 'AUTO_HTTP', 'GRPC', 'GRPCS', 'FCGI'].includes(upper) ? upper : 'HTTP';
}

/** Go's `strconv.ParseBool`; undefined: no boolean. */
function booleanOf(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

type Texts = (name: string) => string;

function numberOf(text: string, otherwise: number): number {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;
}

/** `parser.IsValidRegex`, by which the controller takes an expression for none; on unless `--enable-annotation-validation` is turned off. */
const VALID_REGEX = /^[-._~a-zA-Z0-9/:^$[\](){}*+?|&=\\]*$/;

function canaryRules(text: Texts): CanaryRules {
  return {
    header: text('canary-by-header'),
    headerValue: text('canary-by-header-value'),
    headerPattern: VALID_REGEX.test(text('canary-by-header-pattern')) ? text('canary-by-header-pattern') : '',
    cookie: text('canary-by-cookie'),
    weight: numberOf(text('canary-weight'), 0),
    weightTotal: numberOf(text('canary-weight-total'), 100),
  };
}

/** What one parser reads together (`redirect.go`): a URL or a code that it refuses takes the others along. A code out of range is the default one. */
function redirectsOf(text: Texts, flag: (name: string) => boolean): Pick<NginxAnnotations, 'redirect' | 'fromToWww' | 'relativeRedirects'> {
  const [temporal, permanent] = [text('temporal-redirect'), text('permanent-redirect')];
  const [url, kind, last, otherwise] = temporal === '' ? [permanent, 'permanent', 308, 301] : [temporal, 'temporal', 307, 302];
  const asked = text(`${kind}-redirect-code`);
  const isRefused = (temporal !== '' && !/^http[a-z0-9+.-]*:/i.test(temporal)) || (asked !== '' && !/^[+-]?\d+$/.test(asked));
  if (isRefused) return { redirect: undefined, fromToWww: false, relativeRedirects: false };
  const code = Number(asked) >= 300 && Number(asked) <= last ? Number(asked) : otherwise;
  return {
    redirect: url === '' ? undefined : { url, code },
    fromToWww: flag('from-to-www-redirect'),
    relativeRedirects: flag('relative-redirects'),
  };
}
