import type { Envelope } from '../api.js';
import type { Outcome } from '../set-result.js';

/** What a case says about one HTTP request (the pack's README, "http"); only what is given counts. */
export interface RouteExpectation {
  readonly status?: readonly number[];
  readonly statusNot?: readonly number[];
  /** Without `service`: any of the namespace. */
  readonly backend?: { readonly namespace: string; readonly service?: string };
  /** Number of ready endpoints of the backend. */
  readonly endpoints?: number;
  readonly endpointPodPrefix?: string;
  readonly forwarded?: {
    readonly path?: string;
    readonly host?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly absentHeaders?: readonly string[];
    /** Of the TLS connection to the backend. */
    readonly sni?: string;
    readonly clientCertificate?: { readonly namespace: string; readonly name: string };
  };
  /** Exact parts of the requests, 0 … 1. */
  readonly distribution?: readonly { readonly namespace: string; readonly service: string; readonly weight: number }[];
  readonly redirect?: { readonly scheme?: string; readonly host?: string; readonly port?: string | null; readonly path?: string };
  /** The exact Location header. */
  readonly location?: string;
  readonly configurationRejected?: boolean;
  readonly mirrors?: readonly { readonly namespace: string; readonly service: string; readonly percent?: number }[];
  /** For every backend, headers that it receives; `{service}` is its name. */
  readonly perBackendHeaders?: Readonly<Record<string, string>>;
  readonly preflight?: boolean;
  readonly connection?: string;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseHeadersOneOf?: Readonly<Record<string, readonly string[]>>;
  readonly absentResponseHeaders?: readonly string[];
  readonly ignoreWhitespace?: boolean;
  readonly serverCertificate?: 'default' | { readonly namespace: string; readonly name: string };
  /** Why the rules leave the answer open; it has to say so. */
  readonly undefined?: string;
}

const COMPARED: ReadonlySet<string> = new Set([
  'status',
  'statusNot',
  'backend',
  'endpoints',
  'endpointPodPrefix',
  'forwarded',
  'serverCertificate',
  'strength',
  'distribution',
  'redirect',
  'location',
  'configurationRejected',
  'mirrors',
  'perBackendHeaders',
  'preflight',
  'connection',
  'responseHeaders',
  'responseHeadersOneOf',
  'absentResponseHeaders',
  'ignoreWhitespace',
  'undefined',
]);
const COMPARED_FORWARDED = ['path', 'host', 'method'] as const;

/** Whether everything the expectation says is compared. */
export function comparesAll(expect: RouteExpectation): boolean {
  const forwarded: ReadonlySet<string> = new Set([...COMPARED_FORWARDED, 'headers', 'absentHeaders', 'sni', 'clientCertificate']);
  return (
    Object.keys(expect).every((member) => COMPARED.has(member)) &&
    Object.keys(expect.forwarded ?? {}).every((member) => forwarded.has(member))
  );
}

/** What a case says about a call of gRPC. */
export interface CallExpectation extends RouteExpectation {
  readonly code?: string;
  readonly codeNot?: readonly string[];
}

/** Whether everything that is said about a call is compared. */
export function comparesCall(expect: CallExpectation): boolean {
  return comparesAll(withoutCode(expect));
}

function withoutCode(expect: CallExpectation): RouteExpectation {
  return Object.fromEntries(Object.entries(expect).filter(([member]) => member !== 'code' && member !== 'codeNot'));
}

/** The code that a client of gRPC sees: no rule is Unimplemented, a backend that cannot be used or reached Unavailable. */
function codeOf(verdict: string): string {
  if (verdict === 'ROUTED') return 'OK';
  return verdict === 'NOT_FOUND' ? 'Unimplemented' : 'Unavailable';
}

/** Compares an answer of `route` with what a case says about a call of gRPC. */
export function compareCall(expect: CallExpectation, answer: Envelope): Outcome {
  const { code, codeNot } = expect;
  const given = codeOf(answer.verdict);
  const holds = (code === undefined || code === given) && !codeNot?.includes(given);
  return holds
    ? compareRoute(withoutCode(expect), answer)
    : { pass: false, expected: { code, codeNot }, actual: { given, verdict: answer.verdict } };
}

interface RouteResult {
  readonly status: number | null;
  readonly backends: readonly {
    readonly namespace: string;
    readonly service: string;
    readonly share: number;
    readonly endpoints: readonly { readonly pod: string | null }[];
    readonly forwarded: { readonly headers: readonly string[] } | null;
    readonly tls: { readonly sni: string | null; readonly clientCertificate: string | null } | null;
  }[];
  readonly redirect: {
    readonly status: number;
    readonly scheme: string;
    readonly host: string;
    readonly location: string;
    readonly port: number | null;
    readonly path: string;
  } | null;
  readonly unspecified: readonly { readonly code: string }[];
  readonly mirrors: readonly { readonly namespace: string; readonly service: string; readonly percent: number }[];
  readonly responseHeaders: readonly { readonly action: string; readonly name: string; readonly value: string | null }[];
  readonly certificate: { readonly namespace: string; readonly secret: string } | null;
  readonly forwarded: { readonly path: string; readonly host: string; readonly method: string; readonly headers: readonly string[] } | null;
}

/** Compares an answer of `route` with what a case says, and names every member that differs. */
export function compareRoute(expect: RouteExpectation, { verdict, result: given }: Envelope, ofBackend: Headers = {}): Outcome {
  const result = given as RouteResult;
  const status = result.status ?? statusOfBackend(verdict);
  const [backend] = result.backends;
  const checks: readonly (readonly [member: string, holds: boolean])[] = [
    ['status', !expect.status || (status !== undefined && expect.status.includes(status))],
    ['statusNot', !expect.statusNot || (status !== undefined && !expect.statusNot.includes(status))],
    ['backend', !expect.backend || isBackends(expect.backend, result.backends)],
    ['distribution', !expect.distribution || isDistribution(expect.distribution, result.backends)],
    ['redirect', !expect.redirect || isRedirect(expect.redirect, result.redirect)],
    ['location', expect.location === undefined || expect.location === result.redirect?.location],
    [
      'configurationRejected',
      expect.configurationRejected !== true || result.unspecified.some(({ code }) => code === 'CONFIGURATION_REJECTED'),
    ],
    ['undefined', expect.undefined === undefined || verdict === 'UNDEFINED' || result.unspecified.length > 0],
    ['mirrors', (expect.mirrors ?? []).every((mirror) => result.mirrors.some((one) => isMirror(mirror, one)))],
    ['perBackendHeaders', haveHeaders(expect.perBackendHeaders, result)],
    ['preflight', expect.preflight !== true || verdict === 'PREFLIGHT'],
    ['connection', expect.connection !== 'failed' || verdict === 'CONNECTION_REFUSED'],
    ['forwarded headers', hasHeaders(expect.forwarded?.headers, headersOf(result.forwarded?.headers ?? []))],
    [
      'absent headers',
      (expect.forwarded?.absentHeaders ?? []).every((name) => headersOf(result.forwarded?.headers ?? [])[name.toLowerCase()] === undefined),
    ],
    ...responseChecks(expect, result, ofBackend),
    ['endpoints', expect.endpoints === undefined || backend?.endpoints.length === expect.endpoints],
    ['endpointPodPrefix', havePrefix(expect.endpointPodPrefix, backend?.endpoints)],
    ['forwarded sni', expect.forwarded?.sni === undefined || backend?.tls?.sni === expect.forwarded.sni],
    ['forwarded clientCertificate', isShown(expect.forwarded?.clientCertificate, backend?.tls?.clientCertificate)],
    ['serverCertificate', isCertificate(expect.serverCertificate, result.certificate)],
    ...COMPARED_FORWARDED.map((member): readonly [string, boolean] => {
      const wanted = expect.forwarded?.[member];
      return [`forwarded ${member}`, wanted === undefined || result.forwarded?.[member] === wanted];
    }),
  ];
  const wrong = checks.flatMap(([member, holds]) => (holds ? [] : [member]));
  return wrong.length === 0 ? { pass: true } : { pass: false, expected: { wrong, expect }, actual: { verdict, status, result } };
}

/** Whether the backend is shown the certificate of a Secret. */
function isShown(wanted: { readonly namespace: string; readonly name: string } | undefined, given: string | null | undefined): boolean {
  return wanted === undefined || given === `${wanted.namespace}/${wanted.name}`;
}

/** The suites' backends answer 200 to whatever reaches them. */
function statusOfBackend(verdict: string): number | undefined {
  return verdict === 'ROUTED' || verdict === 'DEFAULT_BACKEND' ? 200 : undefined;
}

type Headers = Readonly<Record<string, string>>;

/** Headers by lower-case name; several of one name are joined by a comma. */
function headersOf(lines: readonly string[]): Headers {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [name, value] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()];
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return headers;
}

function haveHeaders(wanted: Headers | undefined, { backends, forwarded }: RouteResult): boolean {
  return backends.every((backend) => {
    const ofBackend = Object.entries(wanted ?? {}).map(([name, value]): [string, string] => [
      name,
      value.replaceAll('{service}', backend.service),
    ]);
    return hasHeaders(Object.fromEntries(ofBackend), headersOf((backend.forwarded ?? forwarded)?.headers ?? []));
  });
}

function hasHeaders(wanted: Headers | undefined, given: Headers): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => given[name.toLowerCase()] === value);
}

/** What the client sees: the backend's headers after the changes that the answer names. */
function answeredHeaders(changes: RouteResult['responseHeaders'], ofBackend: Headers): Headers {
  const headers: Record<string, string> = Object.fromEntries(Object.entries(ofBackend).map(([name, value]) => [name.toLowerCase(), value]));
  for (const { action, name, value } of changes) {
    const key = name.toLowerCase();
    const before = headers[key];
    if (action === 'remove') delete headers[key];
    else headers[key] = action === 'add' && before !== undefined ? `${before},${value ?? ''}` : (value ?? '');
  }
  return headers;
}

function responseChecks(
  expect: RouteExpectation,
  result: RouteResult,
  ofBackend: Headers,
): readonly (readonly [member: string, holds: boolean])[] {
  const given = answeredHeaders(result.responseHeaders, ofBackend);
  const plain = (text: string | undefined) => (expect.ignoreWhitespace === true ? text?.replaceAll(' ', '') : text);
  const oneOf = Object.entries(expect.responseHeadersOneOf ?? {});
  return [
    [
      'responseHeaders',
      Object.entries(expect.responseHeaders ?? {}).every(([name, value]) => plain(given[name.toLowerCase()]) === plain(value)),
    ],
    ['responseHeadersOneOf', oneOf.every(([name, values]) => values.map(plain).includes(plain(given[name.toLowerCase()] ?? '(absent)')))],
    ['absentResponseHeaders', (expect.absentResponseHeaders ?? []).every((name) => given[name.toLowerCase()] === undefined)],
  ];
}

/** A port of `null` is the scheme's own, written or not. */
function isRedirect(wanted: NonNullable<RouteExpectation['redirect']>, given: RouteResult['redirect']): boolean {
  if (!given) return false;
  const own = given.scheme === 'https' ? 443 : 80;
  const port = given.port ?? own;
  const holds = [
    wanted.scheme === undefined || wanted.scheme === given.scheme,
    wanted.host === undefined || wanted.host === given.host,
    wanted.path === undefined || wanted.path === given.path,
    wanted.port === undefined || port === (wanted.port === null || wanted.port === '' ? own : Number(wanted.port)),
  ];
  return holds.every(Boolean);
}

function isMirror(wanted: NonNullable<RouteExpectation['mirrors']>[number], given: RouteResult['mirrors'][number]): boolean {
  return (
    given.namespace === wanted.namespace &&
    given.service === wanted.service &&
    (wanted.percent === undefined || wanted.percent === given.percent)
  );
}

function isDistribution(wanted: NonNullable<RouteExpectation['distribution']>, given: RouteResult['backends']): boolean {
  const taking = given.filter(({ share }) => share > 0);
  const named = wanted.filter(({ weight }) => weight > 0);
  return (
    taking.length === named.length &&
    named.every((one) => taking.some((other) => isBackend(one, other) && Math.abs(other.share - one.weight) < 1e-9))
  );
}

/** With a Service named it is the only one; a namespace alone covers all of them. */
function isBackends(wanted: NonNullable<RouteExpectation['backend']>, given: RouteResult['backends']): boolean {
  const taking = given.filter(({ share }) => share > 0);
  if (taking.length === 0 || (wanted.service !== undefined && taking.length > 1)) return false;
  return taking.every((one) => isBackend(wanted, one));
}

function isBackend(expected: NonNullable<RouteExpectation['backend']>, actual: RouteResult['backends'][number] | undefined): boolean {
  if (actual?.namespace !== expected.namespace) return false;
  return expected.service === undefined || actual.service === expected.service;
}

function havePrefix(prefix: string | undefined, endpoints: readonly { readonly pod: string | null }[] = []): boolean {
  if (prefix === undefined) return true;
  return endpoints.length > 0 && endpoints.every(({ pod }) => pod?.split('/')[1]?.startsWith(prefix) ?? false);
}

function isCertificate(expected: RouteExpectation['serverCertificate'], actual: RouteResult['certificate']): boolean {
  if (expected === undefined) return true;
  if (expected === 'default') return actual === null;
  return actual?.namespace === expected.namespace && actual.secret === expected.name;
}
