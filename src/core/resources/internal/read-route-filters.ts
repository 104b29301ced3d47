import { assertNever } from '../../kernel/assert-never.js';
import type { BackendReference, HeaderModifier, PathModifier, RouteFilter } from '../gateway-route.js';
import { readPreciseHostname } from './read-gateway-hostname.js';
import { readObjectReference } from './read-gateway-reference.js';
import { HTTP_METHODS } from './read-route-matches.js';
import type { ObjectReader } from './object-reader.js';

const TYPES = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'RequestMirror',
  'CORS',
  'ExternalAuth',
  'DirectResponse',
] as const;
type FilterType = (typeof TYPES)[number];

/** What a GRPCRoute may have of them (`GRPCRouteFilterType`). */
export const GRPC_FILTERS: readonly FilterType[] = ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestMirror'];

/** The field of each type; no other one may be given. */
const FIELDS = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  RequestMirror: 'requestMirror',
  CORS: 'cors',
  ExternalAuth: 'externalAuth',
  DirectResponse: 'directResponse',
  ExtensionRef: 'extensionRef',
} as const;
const REDIRECT_CODES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const DEFAULT_MAX_AGE = 5;

/** Reads `filters[]` of a rule or of a backend. What cannot be read stays as `unknown`: a filter is never silently left out (gateway-api `HTTPRouteFilter`). */
export function readRouteFilters(owner: ObjectReader, types: readonly FilterType[] = TYPES): readonly RouteFilter[] {
  const seen = new Set<string>();
  return owner.objects('filters').map((reader): RouteFilter => {
    const { pointer } = reader;
    const before = reader.findings.errors;
    const written = reader.filledText('type') ?? '';
    const read = readFilter(reader, written, types);
    for (const [type, field] of Object.entries(FIELDS))
      if (type !== written && reader.has(field)) reader.error('invalid-value', field, `\`${field}\` belongs to a filter of type ${type}`);
    if (SINGLE.has(written) && seen.has(written)) reader.error('duplicate', 'type', `a filter of type ${written} cannot be repeated`);
    const excluded = written === 'URLRewrite' ? 'RequestRedirect' : written === 'RequestRedirect' ? 'URLRewrite' : '';
    if (seen.has(excluded)) reader.error('invalid-value', 'type', 'a rule redirects or rewrites, and not both');
    seen.add(written);
    if (reader.findings.errors === before) return { pointer, ...read };
    const fault = read.type === 'unknown' ? read.fault : 'the API server refuses it';
    return { pointer, type: 'unknown', name: written, fault };
  });
}

/** Filters of which a rule has one at most (the validations of `HTTPRouteRule.Filters`). */
const SINGLE: ReadonlySet<string> = new Set(TYPES.filter((type) => type !== 'RequestMirror' && type !== 'ExternalAuth'));

type Filter = RouteFilter extends infer F ? (F extends RouteFilter ? Omit<F, 'pointer'> : never) : never;

function readFilter(reader: ObjectReader, written: string, types: readonly FilterType[]): Filter {
  if (written === 'ExtensionRef') return readExtension(reader);
  const type = types.find((one) => one === written);
  if (type !== undefined) return readKnown(reader, type);
  if (written === '') reader.error('missing-field', 'type', 'a filter needs a type');
  else reader.oneOf('type', [...types, 'ExtensionRef']);
  return { type: 'unknown', name: written, fault: 'the specification names no such type' };
}

function readExtension(reader: ObjectReader): Filter {
  const body = reader.object('extensionRef');
  const reference = body && readObjectReference(body, '', '');
  if (reference) return { type: 'ExtensionRef', reference };
  if (!body) reader.error('missing-field', 'extensionRef', 'a filter of type ExtensionRef needs `extensionRef`');
  return { type: 'unknown', name: 'ExtensionRef', fault: 'it refers to no object' };
}

function readKnown(reader: ObjectReader, type: FilterType): Filter {
  const field = FIELDS[type];
  const body = reader.object(field);
  if (!body) {
    reader.error('missing-field', field, `a filter of type ${type} needs \`${field}\``);
    return { type: 'unknown', name: type, fault: `it has no \`${field}\`` };
  }
  switch (type) {
    case 'RequestHeaderModifier':
    case 'ResponseHeaderModifier':
      return { type, headers: readHeaders(body) };
    case 'RequestRedirect':
      return readRedirect(body);
    case 'URLRewrite':
      return { type, hostname: readPreciseHostname(body, 'hostname'), path: readPathModifier(body) };
    case 'RequestMirror':
      return { type, backend: readBackend(body, 'a mirror'), percent: readPercent(body) };
    case 'CORS':
      return readCors(body);
    case 'ExternalAuth':
      return readExternalAuth(body);
    case 'DirectResponse':
      return { type, statusCode: readStatusCode(body) };
    default:
      return assertNever(type);
  }
}

/**
 * "If multiple entries specify equivalent header names, the first entry with an equivalent name MUST be considered", whatever its case (`HTTPHeader.Name`). "Only one action for a
 * given header name is permitted" (`HTTPHeaderFilter`): the API server takes several all the same, and they are read in the order of the fields.
 */
function readHeaders(body: ObjectReader): HeaderModifier {
  const read = readHeaderActions(body);
  const seen = new Set<string>();
  for (const [field, names] of Object.entries({ set: read.set.map(nameOf), add: read.add.map(nameOf), remove: read.remove })) {
    const again = names.find((name) => seen.has(name.toLowerCase()));
    if (again !== undefined) body.warn('duplicate', field, `\`${again}\` is changed before: one action for each header is permitted`);
    for (const name of names) seen.add(name.toLowerCase());
  }
  return read;
}

const nameOf = ([name]: readonly [name: string, value: string]) => name;

function readHeaderActions(body: ObjectReader): HeaderModifier {
  const pairs = (field: string) => {
    const seen = new Set<string>();
    return body.objects(field).flatMap((entry): readonly (readonly [string, string])[] => {
      const name = entry.filledText('name');
      if (name === undefined) entry.error('missing-field', 'name', 'a header needs a name');
      if (name === undefined || seen.has(name.toLowerCase())) return [];
      seen.add(name.toLowerCase());
      return [[name, entry.text('value') ?? '']];
    });
  };
  return { set: pairs('set'), add: pairs('add'), remove: body.texts('remove') };
}

function readRedirect(body: ObjectReader): Filter {
  const code = body.integer('statusCode', 100, 599);
  const known = code === undefined || REDIRECT_CODES.has(code);
  if (!known) body.error('invalid-value', 'statusCode', `\`${code}\` is none of ${[...REDIRECT_CODES].join(', ')}`);
  return {
    type: 'RequestRedirect',
    scheme: body.oneOf('scheme', ['http', 'https']),
    hostname: readPreciseHostname(body, 'hostname'),
    path: readPathModifier(body),
    port: body.integer('port', 1, 65535),
    statusCode: code !== undefined && known ? code : body.default('statusCode', 302),
  };
}

function readPathModifier(body: ObjectReader): PathModifier | undefined {
  const path = body.object('path');
  if (path && !path.has('type')) path.error('missing-field', 'type', 'a path modifier needs a type');
  const type = path?.oneOf('type', ['ReplaceFullPath', 'ReplacePrefixMatch']);
  if (!path || type === undefined) return undefined;
  const isFull = type === 'ReplaceFullPath';
  const [field, other] = isFull
    ? (['replaceFullPath', 'replacePrefixMatch'] as const)
    : (['replacePrefixMatch', 'replaceFullPath'] as const);
  if (!path.has(field)) path.error('missing-field', field, `a path modifier of type ${type} needs \`${field}\``);
  if (path.has(other)) path.error('invalid-value', other, `\`${other}\` belongs to a path modifier of the other type`);
  return { type, value: path.text(field) ?? '' };
}

function readBackend(body: ObjectReader, owner: string): BackendReference | undefined {
  const reader = body.object('backendRef');
  if (reader) return readBackendReference(reader);
  body.error('missing-field', 'backendRef', `${owner} needs a backendRef`);
  return undefined;
}

/** Each protocol has its own settings, which have to be there, and those of the other must not (the validations of `HTTPExternalAuthFilter`). */
function readExternalAuth(body: ObjectReader): Filter {
  const protocol = body.oneOf('protocol', ['HTTP', 'GRPC']);
  if (!body.has('protocol')) body.error('missing-field', 'protocol', 'an auth service needs a protocol: HTTP or GRPC');
  for (const [name, field] of [
    ['HTTP', 'http'],
    ['GRPC', 'grpc'],
  ] as const) {
    if (protocol === name && !body.has(field)) body.error('missing-field', field, `the protocol ${name} needs \`${field}\``);
    if (protocol !== name && body.has(field)) body.error('invalid-value', field, `\`${field}\` belongs to the protocol ${name}`);
  }
  const responseHeaders = protocol === 'HTTP' ? (body.object('http')?.texts('allowedResponseHeaders') ?? []) : [];
  return { type: 'ExternalAuth', backend: readBackend(body, 'an auth service'), responseHeaders };
}

function readStatusCode(body: ObjectReader): number {
  const code = body.integer('statusCode', 100, 599);
  if (!body.has('statusCode')) body.error('missing-field', 'statusCode', 'a direct response needs a statusCode');
  return code ?? 500;
}

function readPercent(body: ObjectReader): number {
  const fraction = body.object('fraction');
  if (!fraction) return body.integer('percent', 0, 100) ?? 100;
  if (body.has('percent')) body.error('invalid-value', 'percent', 'only one of `percent` and `fraction` may be given');
  const numerator = fraction.integer('numerator', 0, 2 ** 31 - 1) ?? 0;
  const denominator = fraction.integer('denominator', 1, 2 ** 31 - 1) ?? 100;
  if (numerator > denominator)
    fraction.error('invalid-value', 'numerator', 'must not be larger than `denominator`, which is 100 where it is left out');
  return (100 * numerator) / denominator;
}

/** Everybody, or `scheme://host:port` (`CORSOrigin`). */
const ORIGIN = /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:[^/?#:\s]+|\[[^\]]+\])(?::\d{1,5})?)$/i;

function readCors(body: ObjectReader): Filter {
  return {
    type: 'CORS',
    allowOrigins: readAllowed(body, 'allowOrigins', (text) => ORIGIN.test(text)),
    allowCredentials: body.boolean('allowCredentials') ?? false,
    allowMethods: readAllowed(body, 'allowMethods', (text) => text === '*' || HTTP_METHODS.some((one) => one === text)),
    allowHeaders: readAllowed(body, 'allowHeaders', (text) => text !== ''),
    exposeHeaders: body.texts('exposeHeaders'),
    maxAge: body.integer('maxAge', 1, 2 ** 31 - 1) ?? DEFAULT_MAX_AGE,
  };
}

/** A list in which `*` stands alone. */
function readAllowed(body: ObjectReader, field: string, isOne: (text: string) => boolean): readonly string[] {
  const texts = body.texts(field);
  if (texts.length > 1 && texts.includes('*')) body.error('invalid-value', field, '`*` must not stand beside others');
  for (const [index, text] of texts.entries())
    if (!isOne(text)) body.elementError('invalid-value', field, index, `\`${text}\` cannot be allowed`);
  return texts;
}

/** Reads one backendRef with its weight (default 1) and filters; undefined without a name. */
export function readBackendReference(reader: ObjectReader, types?: readonly FilterType[]): BackendReference | undefined {
  const reference = readObjectReference(reader, '', 'Service');
  if (!reference) return undefined;
  const port = reader.integer('port', 1, 65535);
  if (port === undefined && reference.kind === 'Service' && reference.group === '' && !reader.has('port')) {
    reader.error('missing-field', 'port', 'a reference to a Service needs a port');
  }
  return { ...reference, port, weight: reader.integer('weight', 0, 1_000_000) ?? 1, filters: readRouteFilters(reader, types) };
}
