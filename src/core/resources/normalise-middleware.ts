import { didYouMeanHint } from '../kernel/did-you-mean.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import { isBrokenRegex } from '../regex/parse-regex.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readHeadersAction } from './internal/read-headers-action.js';
import { readResource } from './internal/read-resource.js';
import { readHttpCodeRange } from './http-code-range.js';
import { readTraefikBackend, readTraefikReference } from './internal/read-traefik-backend.js';
import type { Middleware } from './traefik.js';
import { ipStrategyFault, wrongRange } from './ip-strategy.js';
import type { IpStrategy, MiddlewareAction, StatusRewrite } from './traefik-middleware.js';

type Read = (reader: ObjectReader, field: string) => MiddlewareAction;

/** Each type of middleware (traefik/traefik `pkg/provider/kubernetes/crd/traefikio/v1alpha1/middleware.go`), and what of it is modelled. */
const TYPES: Readonly<Record<string, Read>> = {
  addPrefix: (reader) => needing(reader, 'prefix', (prefix) => ({ type: 'addPrefix', prefix })),
  stripPrefix: (reader) => ({
    type: 'stripPrefix',
    prefixes: reader.texts('prefixes'),
    forceSlash: reader.boolean('forceSlash') ?? false,
  }),
  stripPrefixRegex: (reader) => readStripPrefixRegex(reader),
  replacePath: (reader) => ({ type: 'replacePath', path: reader.text('path') ?? '' }),
  replacePathRegex: (reader) => {
    const replacement = reader.text('replacement') ?? '';
    return withRegex(reader, (regex) => ({ type: 'replacePathRegex', regex: regex.trim(), replacement: replacement.trim() }));
  },
  redirectScheme: (reader) => {
    const [port, permanent] = [portText(reader), reader.boolean('permanent') ?? false];
    return needing(reader, 'scheme', (scheme) => ({ type: 'redirectScheme', scheme, port, permanent }));
  },
  redirectRegex: (reader) => {
    const [replacement, permanent] = [reader.text('replacement') ?? '', reader.boolean('permanent') ?? false];
    return withRegex(reader, (regex) => ({ type: 'redirectRegex', regex, replacement, permanent }));
  },
  headers: (reader) => readHeadersAction(reader),
  ipAllowList: (reader) => readAllowList(reader),
  ipWhiteList: (reader) => readAllowList(reader),
  basicAuth: (reader, field) => readPasswords(reader, field, `Basic realm="${reader.filledText('realm') ?? 'traefik'}"`),
  digestAuth: (reader, field) => readPasswords(reader, field, undefined),
  forwardAuth: (reader, field) => readForwardAuth(reader, field),
  chain: (reader) => ({ type: 'chain', middlewares: reader.objects('middlewares').flatMap((one) => readTraefikReference(one) ?? []) }),
  errors: readErrors,
  encodedCharacters: (reader) => ({
    type: 'encodedCharacters',
    refused: ENCODED.flatMap(([field, code]) => (reader.boolean(field) === true ? [] : [code])),
  }),
  rateLimit: (reader, field) =>
    (reader.integer('average', 0, Number.MAX_SAFE_INTEGER) ?? 0) === 0
      ? neutral(reader, field) // 0 is no limit
      : condition('clients that send more than its rate are answered with 429')(reader, field),
  inFlightReq: readInFlight,
  circuitBreaker: condition('while its expression holds of the backend, requests are answered with 503'),
  buffering: condition('bodies larger than it allows are answered with 413'),
  retry: condition('attempts that reach no server are made again'),
  compress: neutral,
  contentType: neutral,
  grpcWeb: condition('calls of gRPC-Web are translated for the backend, and their preflights answered'),
  tap: readTap,
  passTLSClientCert: condition('a client certificate is handed on in headers of the request'),
  plugin: (_, field) => ({ type: 'opaque', field }),
};

/** What an entry of `encodedCharacters` allows; each is refused unless it is set (doc.traefik.io "EncodedCharacters"). */
const ENCODED = [
  ['allowEncodedSlash', '%2F'],
  ['allowEncodedBackSlash', '%5C'],
  ['allowEncodedNullCharacter', '%00'],
  ['allowEncodedSemicolon', '%3B'],
  ['allowEncodedPercent', '%25'],
  ['allowEncodedQuestionMark', '%3F'],
  ['allowEncodedHash', '%23'],
] as const;

/** Of none at once there is always one too many (`acquire` of vulcand/oxy `connlimit`). */
function readInFlight(reader: ObjectReader, field: string): MiddlewareAction {
  const amount = reader.integer('amount', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  if (amount === 0) return { type: 'refuse', field, status: 429, why: 'it allows no request at a time (`amount`)' };
  return condition('more requests at once than it allows are answered with 429')(reader, field);
}

/** Copies of requests and answers change nothing, unless one has to be delivered first. */
function readTap(reader: ObjectReader, field: string): MiddlewareAction {
  const isClosed = ['request', 'response'].some((record) => reader.object(record)?.boolean('failClosed') === true);
  return isClosed ? condition('a record that cannot be sent is answered with 500')(reader, field) : neutral(reader, field);
}

function condition(what: string): Read {
  return (_, field) => ({ type: 'condition', field, what });
}

function neutral(_: ObjectReader, field: string): MiddlewareAction {
  return { type: 'neutral', field };
}

/** Reads a Middleware. Without exactly one type Traefik makes no middleware of it (`buildConstructor` of `pkg/server/middleware/middlewares.go`). */
export function normaliseMiddleware(root: ObjectReader, ref: ObjectRef): Middleware {
  const spec = root.object('spec') ?? root.empty('spec');
  const action = actionOf(spec);
  if (action.type === 'invalid' && !spec.has('chain')) root.error('invalid-middleware', 'spec', action.why);
  return { ...readResource(root, ref), kind: 'Middleware', namespace: ref.namespace ?? 'default', action };
}

function actionOf(spec: ObjectReader): MiddlewareAction {
  const fields = spec.fields();
  const [field, ...more] = fields;
  if (field === undefined) return { type: 'invalid', why: 'a Middleware needs one type, such as `stripPrefix`' };
  if (more.length > 0) {
    return { type: 'invalid', why: `cannot create middleware: of ${fields.join(', ')} a Middleware may have one alone` };
  }
  const read = Object.hasOwn(TYPES, field) ? TYPES[field] : undefined;
  if (read) return read(spec.object(field) ?? spec.empty(field), field);
  const nearest = didYouMeanHint(field, Object.keys(TYPES));
  spec.warn('unknown-field', field, `\`${field}\` is no type of middleware that is known`, nearest);
  return { type: 'opaque', field };
}

/** `customerrors.New` and `types.NewHTTPCodeRanges`. */
function readErrors(reader: ObjectReader): MiddlewareAction {
  const texts = reader.texts('status');
  const ranges = texts.map(readHttpCodeRange);
  const rewrites = readRewrites(reader);
  const wrong = texts.find((_, index) => ranges[index] === undefined) ?? rewrites.wrong;
  if (wrong !== undefined) return { type: 'invalid', why: `\`${wrong}\` is neither a status nor a range of statuses, such as \`500-599\`` };
  const named = reader.object('service');
  const service = named && readTraefikBackend(named);
  if (!service) return { type: 'invalid', why: 'its `service` must name a Service' };
  return {
    type: 'errors',
    statuses: ranges.flatMap((range) => (range ? [range] : [])),
    rewrites: rewrites.read,
    service,
    query: reader.text('query') ?? '',
    requestHeaders: reader.has('errorRequestHeaders') ? reader.texts('errorRequestHeaders') : undefined,
  };
}

/** `statusRewrites`: `"502-504": 500`. `wrong`: what is no range of statuses. */
function readRewrites(reader: ObjectReader): { readonly read: readonly StatusRewrite[]; readonly wrong: string | undefined } {
  const rewrites = reader.object('statusRewrites');
  const names = rewrites?.fields() ?? [];
  const read = names.flatMap((name): readonly StatusRewrite[] => {
    const [from, to] = [readHttpCodeRange(name), rewrites?.integer(name, 100, 999)];
    return from && to !== undefined ? [{ from, to }] : [];
  });
  return { read, wrong: names.find((name) => readHttpCodeRange(name) === undefined) };
}

function readPasswords(reader: ObjectReader, field: string, challenge: string | undefined): MiddlewareAction {
  const removesHeader = reader.boolean('removeHeader') ?? false;
  const userHeader = reader.text('headerField') ?? '';
  const asks = { by: 'password', challenge, removesHeader, userHeader } as const;
  return needing(reader, 'secret', (secret) => ({ type: 'auth', field, secret, asks }));
}

function readForwardAuth(reader: ObjectReader, field: string): MiddlewareAction {
  const expression = reader.text('authResponseHeadersRegex') ?? '';
  if (isBrokenRegex(expression)) return { type: 'invalid', why: `\`${expression}\` is no regular expression in Go's syntax (RE2)` };
  const headers = reader.texts('authResponseHeaders');
  const keepsLocation = reader.boolean('preserveLocationHeader') ?? false;
  const cookies = reader.texts('addAuthCookiesToResponse');
  const signIn = reader.text('authSigninURL') ?? '';
  return needing(reader, 'address', (address) => ({
    type: 'auth',
    field,
    secret: undefined,
    asks: { by: 'service', address, headers, expression, keepsLocation, cookies, signIn, fillsSignIn: false },
  }));
}

function needing(reader: ObjectReader, field: string, make: (value: string) => MiddlewareAction): MiddlewareAction {
  const value = reader.filledText(field);
  return value === undefined ? { type: 'invalid', why: `its \`${field}\` must not be empty` } : make(value);
}

function withRegex(reader: ObjectReader, make: (regex: string) => MiddlewareAction): MiddlewareAction {
  const regex = reader.text('regex') ?? '';
  return isBrokenRegex(regex) ? { type: 'invalid', why: `\`${regex}\` is no regular expression in Go's syntax (RE2)` } : make(regex);
}

function readStripPrefixRegex(reader: ObjectReader): MiddlewareAction {
  const expressions = reader.texts('regex').map((text) => text.trim());
  const broken = expressions.find(isBrokenRegex);
  if (broken === undefined) return { type: 'stripPrefixRegex', expressions };
  return { type: 'invalid', why: `\`${broken}\` is no regular expression in Go's syntax (RE2)` };
}

/** `port` is text, and people write numbers. */
function portText(reader: ObjectReader): string {
  const port = reader.raw('port');
  return typeof port === 'number' ? String(port) : (reader.text('port') ?? '');
}

function readAllowList(reader: ObjectReader): MiddlewareAction {
  const sourceRange = reader.texts('sourceRange');
  if (sourceRange.length === 0) return { type: 'invalid', why: '`sourceRange` is empty' };
  const told = reader.object('ipStrategy');
  const strategy: IpStrategy = {
    depth: told?.integer('depth', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    excludedIPs: told?.texts('excludedIPs') ?? [],
    ipv6Subnet: told?.integer('ipv6Subnet', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  };
  const wrong = wrongRange(sourceRange) ?? ipStrategyFault(strategy);
  if (wrong !== undefined) return { type: 'invalid', why: wrong };
  return {
    type: 'ipAllowList',
    sourceRange,
    strategy,
    rejectStatus: reader.integer('rejectStatusCode', 100, 599) ?? 403,
  };
}
