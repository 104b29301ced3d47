import type { Note } from '../../../kernel/answer.js';
import type { RoutingObject } from '../path-rule.js';
import { AnnotationReader, BASIC, EXPRESSION, PATH_WITH_GROUPS } from './annotation-reader.js';
import { type AskedAffinity, askedAffinity } from './asked-affinity.js';
import {
  type AskedAuthentication,
  askedAuthentication,
  type AskedClientCertificate,
  askedClientCertificate,
} from './asked-authentication.js';
import { type AskedCors, askedCors } from './asked-cors.js';
import { type AskedErrorPages, askedErrorPages } from './asked-error-pages.js';
import { askedLimits, BODY_SIZE } from './asked-limits.js';
import { type AskedMirror, askedMirror } from './asked-mirror.js';

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
export interface ProxySsl {
  /** `namespace/name`, as written; empty: none. */
  readonly secret: string;
  readonly name: string;
  readonly verifies: boolean;
  readonly sendsName: boolean;
}

/** What the annotations of one Ingress ask of its locations. */
export interface NginxAnnotations {
  readonly canary: CanaryRules | undefined;
  readonly affinity: AskedAffinity;
  readonly mirror: AskedMirror | undefined;
  readonly cors: AskedCors | undefined;
  readonly rewriteTarget: string;
  readonly useRegex: boolean;
  readonly appRoot: string;
  /** Undefined, here and below: what the controller is set to. */
  readonly sslRedirect: boolean | undefined;
  readonly forceSslRedirect: boolean | undefined;
  readonly preserveTrailingSlash: boolean | undefined;
  readonly redirect: AskedRedirect | undefined;
  readonly fromToWww: boolean;
  /** Redirects of nginx itself name no scheme and host. */
  readonly relativeRedirects: boolean | undefined;
  /** The redirect to https names its port. */
  readonly portInRedirects: boolean | undefined;
  readonly sslPassthrough: boolean;
  readonly aliases: readonly string[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly upstreamVhost: string;
  readonly forwardedPrefix: string;
  readonly errorPages: AskedErrorPages;
  /** The ConfigMap whose headers are added to answers, as written; empty: none. */
  readonly customHeaders: string;
  /** Requests go to the address of the Service, not to its endpoints. */
  readonly serviceUpstream: boolean | undefined;
  /** `HTTP`, `HTTPS`, `AUTO_HTTP`, `GRPC`, `GRPCS`, `FCGI`. */
  readonly backendProtocol: string;
  readonly proxySsl: ProxySsl;
  /** Names of the annotations that run text of their own in the location. */
  readonly snippets: readonly string[];
  /** Whether one runs in the server. */
  readonly serverSnippet: boolean;
  readonly authentication: AskedAuthentication;
  readonly clientCertificate: AskedClientCertificate | undefined;
  /** What turns requests away, or picks their endpoint, by more than one request tells. */
  readonly limits: readonly Note[];
  /** How large a body may be, of 0 without limit; empty: as the controller is set. */
  readonly bodySize: string;
  /** Names of annotations that may change where a request goes, in ways that are not modelled. */
  readonly notModelled: readonly string[];
}

/** Those for the service that is asked about clients, and for connections beside HTTP, change nothing of the way of a request. */
const SNIPPETS = ['configuration-snippet', 'modsecurity-snippet'];
/** `proxy-redirect-…` rewrites the Location that a backend answers. */
const NOT_MODELLED = [
  'custom-headers',
  'proxy-cookie-domain',
  'proxy-cookie-path',
  'proxy-redirect-from',
  'proxy-redirect-to',
  'enable-modsecurity',
  'limit-whitelist',
];

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

/** Those of every Ingress that says nothing. */
let silent: NginxAnnotations | undefined;

function readAnnotations(ingress: RoutingObject): NginxAnnotations {
  const reader = new AnnotationReader(ingress);
  return reader.isSilent ? (silent ??= readBy(reader, ingress)) : readBy(reader, ingress);
}

function readBy(reader: AnnotationReader, ingress: RoutingObject): NginxAnnotations {
  const appRoot = reader.text('app-root', PATH_WITH_GROUPS);
  const mirror = askedMirror(reader);
  return {
    canary: reader.flag('canary') ? canaryRules(reader) : undefined,
    affinity: askedAffinity(reader),
    mirror,
    cors: askedCors(reader),
    rewriteTarget: reader.text('rewrite-target'),
    useRegex: reader.flag('use-regex'),
    appRoot: appRoot.startsWith('/') ? appRoot : '',
    sslRedirect: reader.choice('ssl-redirect'),
    forceSslRedirect: reader.choice('force-ssl-redirect'),
    preserveTrailingSlash: reader.choice('preserve-trailing-slash'),
    ...redirectsOf(reader),
    portInRedirects: reader.choice('use-port-in-redirects'),
    sslPassthrough: reader.flag('ssl-passthrough'),
    aliases: reader.list('server-alias'),
    allow: reader.ranges('allowlist-source-range', 'whitelist-source-range'),
    deny: reader.ranges('denylist-source-range'),
    upstreamVhost: reader.text('upstream-vhost'),
    forwardedPrefix: reader.text('x-forwarded-prefix'),
    errorPages: askedErrorPages(reader),
    customHeaders: reader.text('custom-headers', BASIC),
    // A value that is none turns off what the controller is set to (`serviceupstream/main.go`).
    serviceUpstream: reader.raw('service-upstream') === '' ? undefined : reader.flag('service-upstream'),
    backendProtocol: protocolOf(reader.text('backend-protocol')),
    proxySsl: {
      secret: reader.text('proxy-ssl-secret'),
      name: reader.text('proxy-ssl-name'),
      verifies: reader.text('proxy-ssl-verify') === 'on',
      sendsName: reader.text('proxy-ssl-server-name') === 'on',
    },
    snippets: reader.present(SNIPPETS),
    serverSnippet: reader.text('server-snippet') !== '',
    authentication: askedAuthentication(reader),
    clientCertificate: askedClientCertificate(reader),
    limits: askedLimits(ingress, reader),
    bodySize: reader.text('proxy-body-size', BODY_SIZE),
    notModelled: reader.present(mirror ? NOT_MODELLED : [...NOT_MODELLED, 'mirror-target']),
  };
}

/** In any case; what is none of them is HTTP (`annotations/backendprotocol/main.go`). */
function protocolOf(text: string): string {
  const upper = text.toUpperCase();
  return ['HTTPS', 'AUTO_HTTP', 'GRPC', 'GRPCS', 'FCGI'].includes(upper) ? upper : 'HTTP';
}

function canaryRules(reader: AnnotationReader): CanaryRules {
  return {
    header: reader.text('canary-by-header', BASIC),
    headerValue: reader.text('canary-by-header-value', BASIC),
    headerPattern: EXPRESSION.test(reader.raw('canary-by-header-pattern')) ? reader.text('canary-by-header-pattern') : '',
    cookie: reader.text('canary-by-cookie', BASIC),
    weight: reader.integer('canary-weight', 0),
    weightTotal: reader.integer('canary-weight-total', 100),
  };
}

/** What one parser reads together (`redirect.go`): a URL or a code that it refuses takes the others along, the temporal code also where nothing asks for it. A code out of range is the default one. */
function redirectsOf(reader: AnnotationReader): Pick<NginxAnnotations, 'redirect' | 'fromToWww' | 'relativeRedirects'> {
  const [temporal, permanent] = [reader.text('temporal-redirect'), reader.text('permanent-redirect')];
  const [url, kind, last, otherwise] = temporal === '' ? [permanent, 'permanent', 308, 301] : [temporal, 'temporal', 307, 302];
  const asked = reader.text(`${kind}-redirect-code`);
  const isNumber = (code: string) => code === '' || /^[+-]?\d+$/.test(code);
  const isRefused =
    (temporal !== '' && !/^http[a-z0-9+.-]*:/i.test(temporal)) || !isNumber(asked) || !isNumber(reader.text('temporal-redirect-code'));
  if (isRefused) return { redirect: undefined, fromToWww: false, relativeRedirects: false };
  const code = Number(asked) >= 300 && Number(asked) <= last ? Number(asked) : otherwise;
  return {
    redirect: url === '' ? undefined : { url, code },
    fromToWww: reader.flag('from-to-www-redirect'),
    relativeRedirects: reader.choice('relative-redirects'),
  };
}
