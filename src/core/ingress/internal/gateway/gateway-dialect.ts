import { compileRegex } from '../../../regex/compile-regex.js';
import { matchRegex } from '../../../regex/match-regex.js';
import type { RegexProgram } from '../../../regex/regex-program.js';
import type { GatewayDialectName } from '../../route-request.js';
import { pathReadings } from '../path-readings.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import type { BackendReference, GatewayRoute, GRPCMatch, RouteFilter } from '../../../resources/gateway-route.js';
import type { ServicePort } from '../../../resources/service.js';
import { routingPath } from '../../../traefik-rule/seen-request.js';
import type { RouteBackend } from '../../route-result.js';
import { envoyPaths } from './envoy-paths.js';
import { pathOfCall } from './envoy-rank.js';
import { callPattern } from './traefik-call.js';
import { isOfOtherProvider, serviceOfTraefik } from './traefik-service.js';
import { matchesPattern } from './text-pattern.js';
import { type BackendReading, PLAIN_READING } from '../backend-reading.js';
import { cleanPath } from '../traefik/clean-path.js';
import { STREAM_READING } from '../traefik/traefik-readings.js';

/** How a comparison came out; `open`: it is up to the implementation. */
export type Compared = boolean | 'open';

/** What implementations of the Gateway API do where its text leaves them free, or against it. */
export interface GatewayDialect {
  readonly name: GatewayDialectName;
  /** The implementation, as sentences name it. */
  readonly controller: string;
  /** Whether a regular expression matches a text. */
  readonly pattern: (expression: string, text: string) => Compared;
  /** Whether a match of a GRPCRoute takes the path of a call as a whole; undefined: service and method are compared on their own. */
  readonly wholeCall: ((match: Pick<GRPCMatch, 'type' | 'service' | 'method'>, path: string) => Compared) | undefined;
  /** The `appProtocol` by which calls are sent where it is told and no BackendTLSPolicy tells of TLS; undefined: by any but WebSocket. */
  readonly callProtocols: readonly string[] | undefined;
  /** The same of requests; undefined: by any, but by WebSocket over TLS where a BackendTLSPolicy tells how. */
  readonly requestProtocols: readonly string[] | undefined;
  /** Whether a match of headers sees `Host`. */
  readonly hostAmongHeaders: Compared;
  /** Whether a header that is sent several times has the value that is asked for. */
  readonly repeatedHeader: (values: readonly string[], fits: (value: string) => Compared) => Compared;
  /** The same of a query parameter; the text recommends its first value. */
  readonly repeatedParameter: (values: readonly string[], fits: (value: string) => Compared) => Compared;
  /** The ways in which a path may be read before it is compared. */
  readonly paths: (path: string) => readonly string[];
  /** A path as matches are compared with it. */
  readonly seenPath: (path: string) => string;
  /** Filters that routes of a kind may have: a rule with another one is answered with an error (500, calls UNAVAILABLE). Undefined: all that the text describes. */
  readonly filters: Partial<Record<GatewayRoute['kind'], ReadonlySet<RouteFilter['type']>>> | undefined;
  /** Protocols below HTTP of which listeners are served. */
  readonly streams: ReadonlySet<'TLS' | 'TCP' | 'UDP'>;
  /** Whether a request meets the routes of one listener alone. `open`: it is up to the version. */
  readonly isolates: true | 'open';
  /** Whether timeouts, retries and sessions of a rule have an effect. */
  readonly keepsLimits: boolean;
  /** The status of the answer to a preflight. */
  readonly preflightStatus: number;
  /** The status of a rule without backends, or all of whose backends have the weight 0. */
  readonly weightlessStatus: 500 | 503;
  /** Which addresses of slices requests go to. */
  readonly reading: BackendReading;
  /** Where a Service is reached if not at its endpoints, or why it cannot be; undefined: always there. */
  readonly reaches: ((model: NetworkModel, service: ModelService, port: ServicePort) => RouteBackend | string | undefined) | undefined;
  /** Whether a ServiceImport is a backend. `open`: an implementation need not take it. */
  readonly imports: 'yes' | 'no' | 'open';
  /** Whether a backend is one of another provider, of which nothing is known. */
  readonly isForeign: (backend: BackendReference) => boolean;
  /** Whether a request meets the routes under the most specific hostname alone. */
  readonly hasVirtualHosts: boolean;
  /** `keys`: one key of precedence after the other; `sum`: one number a match; `envoy`: the keys of Envoy Gateway. */
  readonly precedence: 'keys' | 'sum' | 'envoy';
  /** Whether the text alone is asked, so that its silence has to be told. */
  readonly isText: boolean;
}

const firstValue: GatewayDialect['repeatedParameter'] = ([first = ''], fits) => fits(first);

/** Any of several values will do. */
const anyValue: GatewayDialect['repeatedHeader'] = (values, fits) => {
  const found = values.map(fits);
  return found.includes(true) || (found.includes('open') ? 'open' : false);
};

const joined: GatewayDialect['repeatedHeader'] = (values, fits) => fits(values.join(','));

/** Where an implementation does nothing else than the text says. */
const PLAIN = {
  seenPath: (path: string) => path,
  filters: undefined,
  streams: new Set(['TLS', 'TCP', 'UDP']),
  isolates: true,
  keepsLimits: true,
  preflightStatus: 204,
  weightlessStatus: 500,
  reading: PLAIN_READING,
  reaches: undefined,
  isForeign: () => false,
  hasVirtualHosts: false,
} as const satisfies Partial<GatewayDialect>;

/** `loadMiddlewares` of `pkg/provider/kubernetes/gateway/httproute.go`, `loadGRPCMiddlewares` of `grpcroute.go`: mirrors, for one, are none. */
const TRAEFIK_FILTERS: GatewayDialect['filters'] = {
  HTTPRoute: new Set(['RequestRedirect', 'RequestHeaderModifier', 'ResponseHeaderModifier', 'ExtensionRef', 'URLRewrite', 'CORS']),
  GRPCRoute: new Set(['RequestHeaderModifier', 'ExtensionRef']),
};

/** Each dialect with the source of what it adds (divergences D3, D7, D21, D24 to D26). */
export const GATEWAY_DIALECTS_BY_NAME: Readonly<Record<GatewayDialectName, GatewayDialect>> = {
  'gateway-api': {
    name: 'gateway-api',
    controller: 'the Gateway',
    pattern: (expression, text) => ALIKE[matchesPattern(expression, text)],
    wholeCall: undefined,
    callProtocols: undefined,
    requestProtocols: undefined,
    hostAmongHeaders: 'open',
    // `apis/v1/httproute_types.go`, `HTTPHeaderMatch.Name`: how a repeated header is represented is up to the implementation
    repeatedHeader: (values, fits) => ([...values, values.join(',')].every((value) => fits(value) === false) ? false : 'open'),
    repeatedParameter: firstValue,
    paths: pathReadings,
    ...PLAIN,
    imports: 'open',
    precedence: 'keys',
    isText: true,
  },
  // traefik/traefik `pkg/provider/kubernetes/gateway/httproute.go` (`buildMatchRule`), `pkg/muxer/http/matcher.go`
  'traefik-gateway': {
    name: 'traefik-gateway',
    controller: 'Traefik',
    pattern: matches,
    wholeCall: (match, path) => {
      const pattern = callPattern(match);
      return pattern === undefined || matches(pattern, path);
    },
    // `pkg/provider/kubernetes/gateway/grpcroute.go`, `getGRPCServiceProtocol`
    callProtocols: ['kubernetes.io/h2c', 'https'],
    // `httproute.go`, `getHTTPServiceProtocol`, and its test: https and wss are spoken without a BackendTLSPolicy as well
    requestProtocols: ['http', 'https', 'kubernetes.io/h2c', 'kubernetes.io/ws', 'kubernetes.io/wss'],
    // `net/http` of Go takes it out of the headers (`Request.Header`)
    hostAmongHeaders: false,
    repeatedHeader: anyValue,
    repeatedParameter: anyValue,
    paths: (path) => [cleanPath(path)],
    seenPath: routingPath,
    filters: TRAEFIK_FILTERS,
    // `pkg/provider/kubernetes/gateway/kubernetes.go`, `supportedRouteKinds`
    streams: new Set(['TLS', 'TCP']),
    // since traefik/traefik#13738 (September 2026); before, `buildHostRule` knows the hostnames of the route's own listener alone
    isolates: 'open',
    keepsLimits: false,
    // `pkg/middlewares/headers/headers.go`, `ServeHTTP`
    preflightStatus: 200,
    // `pkg/server/service/loadbalancer/wrr/wrr.go`: `AddService` leaves out a weight of 0, and `ServeHTTP` answers 503 where nobody is left
    weightlessStatus: 503,
    reading: STREAM_READING,
    reaches: serviceOfTraefik,
    // `kubernetes.go`, `getBackendAddresses` and its callers know Services alone
    imports: 'no',
    isForeign: isOfOtherProvider,
    hasVirtualHosts: false,
    precedence: 'sum',
    isText: false,
  },
  // Envoy `RouteMatch.safe_regex`: the whole path, in RE2; headers of one name are joined by a comma
  'envoy-gateway': {
    name: 'envoy-gateway',
    controller: 'Envoy Gateway',
    pattern: matchesWhole,
    wholeCall: matchesCall,
    callProtocols: undefined,
    requestProtocols: undefined,
    // an alias of `:authority` (envoyproxy/envoy `source/common/http/headers.h`, `HostLegacy`)
    hostAmongHeaders: true,
    repeatedHeader: joined,
    repeatedParameter: firstValue,
    paths: envoyPaths,
    ...PLAIN,
    // `internal/gatewayapi/route.go`, `processServiceImportDestinationSetting`
    imports: 'yes',
    // `internal/xds/translator/translator.go`, `addRouteToRouteConfig`: a virtual host for each hostname, of which Envoy takes one (`VirtualHost.domains`)
    hasVirtualHosts: true,
    precedence: 'envoy',
    isText: false,
  },
};

function matchesWhole(expression: string, text: string): Compared {
  return matches(`^(?:${expression})$`, text);
}

/** `internal/gatewayapi/route.go`, `processGRPCRouteRule`: the path of a call as one text, or its end alone. */
function matchesCall(call: Pick<GRPCMatch, 'type' | 'service' | 'method'>, path: string): Compared {
  const asked = pathOfCall(call);
  if (!asked) return call.method === undefined || path.endsWith(`/${call.method}`);
  if (asked.type === 'RegularExpression') return matchesWhole(asked.value, path);
  return asked.type === 'Exact' ? path === asked.value : path.startsWith(`${asked.value}/`);
}

/** As implementations agree. */
const ALIKE = { yes: true, no: false, open: 'open' } as const;

const MAX_KNOWN = 10_000;
const programs = new Map<string, RegexProgram | undefined>();

/** Whether an expression is found in a text; `open` where it cannot be evaluated. */
function matches(expression: string, text: string): Compared {
  let program = programs.get(expression);
  if (!programs.has(expression)) {
    const compiled = compileRegex(expression);
    program = compiled.ok ? compiled.value : undefined;
    if (programs.size >= MAX_KNOWN) programs.clear();
    programs.set(expression, program);
  }
  return program === undefined ? 'open' : matchRegex(program, text) !== undefined;
}
