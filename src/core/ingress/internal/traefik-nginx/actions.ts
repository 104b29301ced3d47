import { err, ok } from '../../../kernel/result.js';
import { ipStrategyFault, wrongRange } from '../../../resources/ip-strategy.js';
import type { CorsSettings } from '../../../resources/traefik-middleware.js';
import { patternOf } from '../../../traefik-rule/pattern.js';
import type { Chain, PlacedAction } from '../traefik/placed-action.js';
import type { ProviderBackends } from './backends.js';
import { pagesOf } from './error-pages.js';
import type { Location } from './locations.js';
import type { NginxAction } from './nginx-action.js';
import type { ProviderAnnotations } from './provider-annotations.js';
import type { ProviderSettings } from './settings.js';

type Action = PlacedAction['action'];

const nginx = (does: NginxAction): Action => ({ type: 'nginx', does });

/** The middlewares of a router, in the order in which they act (`applyMiddlewares` of `pkg/provider/kubernetes/ingress-nginx/translator.go`), or why Traefik cannot make one of them. */
export function actionsOf(location: Location, scheme: 'http' | 'https', settings: ProviderSettings, backends: ProviderBackends): Chain {
  const { annotations } = location;
  const chain: PlacedAction[] = [];
  const add = (name: string, action: Action | undefined, ingress = location.ingress) => {
    if (action) chain.push({ middleware: undefined, name, action, annotated: { ingress, name } });
  };
  const broken = brokenBy(location, settings);
  if (broken !== undefined) {
    add('custom-headers', nginx({ type: 'answer', status: 503, why: broken }));
    return ok(chain);
  }
  const fault = faultOf(location, settings);
  if (fault !== undefined) return err(fault);
  if (scheme === 'http' && location.redirectsToHttps) add(location.httpsAsked, nginx({ type: 'redirectToHttps' }));
  const pages = pagesOf(location, settings, backends);
  if (!pages.ok) return pages;
  add('custom-http-errors', pages.value && { type: 'errors', pages: pages.value });
  const { appRoot, serverSnippet } = location;
  if (appRoot) add('app-root', nginx({ type: 'appRoot', path: appRoot.path }), appRoot.ingress);
  add(annotations.text('temporal-redirect') === undefined ? 'permanent-redirect' : 'temporal-redirect', redirect(annotations));
  add('auth-type', passwords(annotations));
  add('proxy-body-size', bodyLimit(annotations, settings));
  add(rangesName(annotations), allowList(annotations, settings));
  add('enable-cors', annotations.flag('enable-cors') ? corsAction(annotations) : undefined);
  add('rewrite-target', rewrite(location));
  add('upstream-vhost', vhost(location));
  for (const name of ['limit-rpm', 'limit-rps', 'limit-connections']) {
    const limit = annotations.number(name) ?? 0;
    if (limit > 0) add(name, { type: 'condition', field: name, what: 'no client is taken to pass the limit' });
  }
  add('auth-tls-pass-certificate-to-upstream', scheme === 'https' ? passCertificate(annotations) : undefined);
  add('custom-headers', customHeaders(annotations));
  const auth = forwardAuth(annotations, settings);
  add('auth-url', auth);
  if (serverSnippet) add('server-snippet', { type: 'opaque', field: 'server-snippet' }, serverSnippet);
  for (const name of ['configuration-snippet', ...(auth ? ['auth-snippet'] : [])])
    if ((annotations.text(name) ?? '') !== '') add(name, { type: 'opaque', field: name });
  add('proxy-next-upstream', retries(annotations, settings));
  return ok(chain);
}

/** Sizes as nginx writes them (`nginxSizeRegexp`); what is none is passed over. */
const SIZE = /^\s*(\d+)\s*[bkmg]?\s*$/i;

/** `buildBuffering`: the limit of bodies, which holds where requests are buffered, which they are not unless that is asked for; none of 0 bytes. */
function bodyLimit(annotations: ProviderAnnotations, { proxyRequestBuffering, proxyBodySize }: ProviderSettings): Action | undefined {
  const buffering = annotations.text('proxy-request-buffering');
  if (buffering === undefined ? !proxyRequestBuffering : buffering !== 'on') return undefined;
  const own = annotations.text('proxy-body-size') ?? '';
  const isSize = SIZE.test(own);
  const [, digits = '0'] = SIZE.exec(own) ?? [];
  if (isSize ? Number(digits) === 0 : proxyBodySize === 0) return undefined;
  const size = isSize ? own.trim() : `${proxyBodySize} bytes`;
  return { type: 'condition', field: 'proxy-body-size', what: `bodies larger than ${size} are answered with 413` };
}

/** `buildRetry`, told where the Ingress says anything of it; `off`, nothing at all and a number below nothing turn it off. */
function retries(annotations: ProviderAnnotations, { proxyNextUpstream, proxyNextUpstreamTries }: ProviderSettings): Action | undefined {
  const own = annotations.text('proxy-next-upstream');
  const tries = annotations.number('proxy-next-upstream-tries');
  const when = (own ?? proxyNextUpstream).split(/\s+/).filter((word) => word !== '');
  const most = tries ?? proxyNextUpstreamTries;
  if ((own === undefined && tries === undefined) || when.length === 0 || when.includes('off') || most < 0) return undefined;
  const often = most === 0 ? 'once a server' : `${most} times at most`;
  const field = own === undefined ? 'proxy-next-upstream-tries' : 'proxy-next-upstream';
  return { type: 'condition', field, what: `after ${when.join(', ')} the request is sent again, ${often}` };
}

/** Why a path answers 503, whatever else its Ingress asks: what `custom-headers` comes to where a header is not allowed (`resolveCustomHeaders`). */
export function brokenBy({ annotations, ingress }: Location, settings: ProviderSettings): string | undefined {
  const named = annotations.text('custom-headers');
  if (named === undefined) return undefined;
  const [namespace, ...rest] = named.split('/');
  if (rest.length !== 1) return `\`custom-headers\` is \`namespace/name\` of a ConfigMap, not \`${named}\``;
  if (namespace !== ingress.namespace && !settings.allowCrossNamespaceResources)
    return `ConfigMap ${named} is not in the namespace \`${ingress.namespace}\`, which needs \`allowCrossNamespaceResources\``;
  if (settings.globalAllowedResponseHeaders.length > 0) return undefined;
  return `no header of ConfigMap ${named} is in \`globalAllowedResponseHeaders\`, which is empty unless it is told`;
}

/** `buildAuthTLSPassCert`, on the router with TLS alone. */
function passCertificate(annotations: ProviderAnnotations): Action | undefined {
  if (annotations.flag('auth-tls-pass-certificate-to-upstream') !== true || annotations.text('auth-tls-secret') === undefined)
    return undefined;
  return nginx({ type: 'passCertificate', isAsked: annotations.text('auth-tls-verify-client') !== 'off' });
}

function customHeaders(annotations: ProviderAnnotations): Action | undefined {
  const named = annotations.text('custom-headers');
  return named === undefined
    ? undefined
    : {
        type: 'condition',
        field: 'custom-headers',
        what: `which headers ConfigMap ${named} adds to answers is not known, and all are taken to be allowed`,
      };
}

/** Why Traefik makes no router: a middleware of it cannot be made. */
function faultOf({ annotations, path }: Location, settings: ProviderSettings): string | undefined {
  const ranges = rangesOf(annotations);
  const [wrong, unread] = [wrongRange(ranges), ranges.length === 0 ? undefined : ipStrategyFault(settings.ipStrategy)];
  if (wrong !== undefined) return `\`${rangesName(annotations)}\`: ${wrong}`;
  if (unread !== undefined) return `\`${rangesName(annotations)}\` with \`ipAllowListStrategy\`: ${unread}`;
  if (annotations.text('upstream-vhost') === '') return '`upstream-vhost` is empty';
  const target = annotations.text('rewrite-target') ?? '';
  const pattern = target === '' || target === path || path === '' ? undefined : patternOf(`(?i)${path.trim()}`);
  return pattern?.ok === false ? `\`rewrite-target\`: ${pattern.error.message}` : undefined;
}

/** `buildRedirect`: temporal goes before permanent; a code out of range is the usual one. */
function redirect(annotations: ProviderAnnotations): Action | undefined {
  const [temporal, permanent] = [annotations.text('temporal-redirect'), annotations.text('permanent-redirect')];
  const [url, kind, usual] = temporal === undefined ? [permanent, 'permanent', 301] : [temporal, 'temporal', 302];
  if (url === undefined) return undefined;
  const asked = annotations.number(`${kind}-redirect-code`) ?? usual;
  return nginx({ type: 'redirectWith', regex: '.*', replacement: url, status: asked >= 300 && asked <= 308 ? asked : usual });
}

function rangesName(annotations: ProviderAnnotations): string {
  return annotations.text('allowlist-source-range') === undefined ? 'whitelist-source-range' : 'allowlist-source-range';
}

function rangesOf(annotations: ProviderAnnotations): readonly string[] {
  const name = rangesName(annotations);
  return (annotations.text(name) ?? '') === '' ? [] : (annotations.list(name) ?? []);
}

/** `buildIPAllowList`. */
function allowList(annotations: ProviderAnnotations, { ipStrategy: strategy }: ProviderSettings): Action | undefined {
  const sourceRange = rangesOf(annotations);
  return sourceRange.length === 0 ? undefined : { type: 'ipAllowList', sourceRange, strategy, rejectStatus: 403 };
}

const CORS_HEADERS = [
  'DNT',
  'Keep-Alive',
  'User-Agent',
  'X-Requested-With',
  'If-Modified-Since',
  'Cache-Control',
  'Content-Type',
  'Range',
  'Authorization',
];

/** `buildCORS`; an origin with a wildcard for its first label is an expression, any other one with a wildcard is none (`TestBuildCORS`). */
function corsAction(annotations: ProviderAnnotations): Action {
  const origins = annotations.list('cors-allow-origin') ?? ['*'];
  const cors: CorsSettings = {
    allowCredentials: annotations.flag('cors-allow-credentials') ?? true,
    allowHeaders: annotations.list('cors-allow-headers') ?? CORS_HEADERS,
    allowMethods: annotations.list('cors-allow-methods') ?? ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'],
    allowOrigins: origins.filter((origin) => origin === '*' || !origin.includes('*')),
    allowOriginExpressions: origins.flatMap(originExpression),
    exposeHeaders: annotations.list('cors-expose-headers') ?? [],
    maxAge: annotations.number('cors-max-age') ?? 1_728_000,
    addVaryHeader: false,
  };
  return { type: 'headers', request: {}, response: {}, security: undefined, cors };
}

const WILD_ORIGIN = /^(https?:\/\/)\*\.([A-Za-z0-9.-]+(?::\d+)?)$/;

function originExpression(origin: string): readonly string[] {
  const [, scheme, rest] = WILD_ORIGIN.exec(origin) ?? [];
  return scheme === undefined || rest === undefined ? [] : [`^(?i)${scheme}[A-Za-z0-9-]+\\.${rest.replaceAll('.', String.raw`\.`)}$`];
}

/** `regexPathWithCapture`. */
const FORWARDED_PREFIX = /^\/?[-._~a-zA-Z0-9/$:]*$/;

/** `buildRewriteTarget`. */
function rewrite({ annotations, path }: Location): Action | undefined {
  const target = annotations.text('rewrite-target') ?? '';
  if (target === '' || target === path) return undefined;
  const prefix = annotations.text('x-forwarded-prefix') ?? '';
  const forwardedPrefix = FORWARDED_PREFIX.test(prefix) ? prefix : '';
  return nginx({ type: 'rewriteTarget', regex: path.trim(), replacement: target.trim(), forwardedPrefix });
}

/** `buildUpstreamVhost`: the variables that a location of ingress-nginx sets are known. */
function vhost({ annotations, ingress, backend, path }: Location): Action | undefined {
  const asked = annotations.text('upstream-vhost');
  if (asked === undefined) return undefined;
  const variables = {
    namespace: ingress.namespace,
    ingress_name: ingress.ref.name,
    location_path: path,
    service_name: backend.name,
    service_port: String(backend.port),
  };
  return nginx({ type: 'upstreamVhost', vhost: asked, variables });
}

/** `buildSnippetAuth`: the Ingress's own authentication, else that of all. */
function forwardAuth(annotations: ProviderAnnotations, { globalAuthURL }: ProviderSettings): Action | undefined {
  const isGlobal = globalAuthURL !== undefined && annotations.flag('enable-global-auth') !== false;
  if ((annotations.text('auth-url') ?? '') === '' && !isGlobal) return undefined;
  const address = annotations.text('auth-url') || (globalAuthURL ?? '');
  const headers = (annotations.text('auth-response-headers') ?? '').split(',').flatMap((name) => name.trim() || []);
  const signIn = annotations.text('auth-signin') ?? '';
  const asks = { by: 'service', address, headers, expression: '', keepsLocation: false, cookies: [], signIn, fillsSignIn: true } as const;
  return { type: 'auth', field: 'auth-url', secret: undefined, asks };
}

/** `buildBasicAuth`, `buildDigestAuth`; without a realm it is Traefik's own (`pkg/middlewares/auth/basic_auth.go`). */
function passwords(annotations: ProviderAnnotations): Action | undefined {
  const type = annotations.text('auth-type');
  if (type === undefined) return undefined;
  const challenge = type === 'basic' ? `Basic realm="${annotations.text('auth-realm') || 'traefik'}"` : undefined;
  return { type: 'auth', field: 'auth-type', secret: undefined, asks: { by: 'password', challenge, removesHeader: false, userHeader: '' } };
}
