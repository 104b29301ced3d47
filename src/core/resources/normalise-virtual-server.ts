import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import { isBrokenInEveryEngine } from '../regex/parse-regex.js';
import { isUsed } from './internal/nginx-fields.js';
import { escapedTextFault, isHeaderName } from './internal/nginx-text-faults.js';
import { nameFault, pathFault, qualifiedNameFault } from './nginx-texts.js';
import { checkVirtualUpstream, upstreamNeeds } from './internal/nginx-upstream-fields.js';
import { readNginxHost } from './internal/read-nginx-host.js';
import { readPolicyReferences } from './internal/read-nginx-policies.js';
import { readErrorPage, readRedirectCode, readVirtualAction } from './internal/read-virtual-action.js';
import type { NginxNeed } from './nginx-policy.js';
import type {
  VirtualCondition,
  VirtualMatch,
  VirtualRoute,
  VirtualServer,
  VirtualServerRoute,
  VirtualSplit,
  VirtualTls,
  VirtualUpstream,
} from './virtual-server.js';

/** Reads a VirtualServer (nginx/kubernetes-ingress `pkg/apis/configuration/v1/types.go`, `validation/virtualserver.go`). */
export function normaliseVirtualServer(root: ObjectReader, ref: ObjectRef): VirtualServer {
  const spec = specOf(root);
  const before = root.findings.errors;
  const read = {
    ...readResource(root, ref),
    kind: 'VirtualServer' as const,
    namespace: ref.namespace ?? 'default',
    uid: root.object('metadata')?.filledText('uid'),
    className: spec.filledText('ingressClassName'),
    host: readHost(spec),
    tls: readTls(spec),
    ...readRoutes(spec, 'routes', ref.namespace),
    needs: [...partsNeeded(spec), ...routesNeed(spec, 'routes')],
    policies: readPolicyReferences(spec, ref.namespace),
    hasSnippets: spec.filledText('server-snippets') !== undefined || spec.filledText('http-snippets') !== undefined,
    listener: readListener(spec.object('listener')),
  };
  return { ...read, fault: root.findings.errorAfter(before) };
}

/** Reads a VirtualServerRoute. */
export function normaliseVirtualServerRoute(root: ObjectReader, ref: ObjectRef): VirtualServerRoute {
  const spec = specOf(root);
  const before = root.findings.errors;
  const read = {
    ...readResource(root, ref),
    kind: 'VirtualServerRoute' as const,
    namespace: ref.namespace ?? 'default',
    className: spec.filledText('ingressClassName'),
    host: readHost(spec),
    ...readRoutes(spec, 'subroutes', ref.namespace),
    needs: routesNeed(spec, 'subroutes'),
  };
  return { ...read, fault: root.findings.errorAfter(before) };
}

/** What a VirtualServer has that a flag of the controller turns on (`validateTLSCmFields`, `validateExternalDNS`, `validateDos`). */
function partsNeeded(spec: ObjectReader): readonly NginxNeed[] {
  const isUsedIn = (reader: ObjectReader | undefined, field: string) => reader !== undefined && isUsed(reader, field);
  return [
    ...(isUsedIn(spec.object('tls'), 'cert-manager') ? [{ flag: 'enable-cert-manager', field: 'tls.cert-manager' } as const] : []),
    ...(isUsedIn(spec.object('externalDNS'), 'enable') ? [{ flag: 'enable-external-dns', field: 'externalDNS' } as const] : []),
    ...(isUsed(spec, 'dos') ? [DOS] : []),
  ];
}

const DOS: NginxNeed = { flag: 'enable-app-protect-dos', field: 'dos' };

function routesNeed(spec: ObjectReader, field: string): readonly NginxNeed[] {
  const ofUpstreams = spec.objects('upstreams').flatMap(upstreamNeeds);
  return [...ofUpstreams, ...(spec.objects(field).some((route) => isUsed(route, 'dos')) ? [DOS] : [])];
}

function readListener(listener: ObjectReader | undefined): VirtualServer['listener'] {
  return listener && { pointer: listener.pointer, http: listener.filledText('http'), https: listener.filledText('https') };
}

function specOf(root: ObjectReader): ObjectReader {
  return root.object('spec') ?? root.empty('spec');
}

function readHost(spec: ObjectReader): string {
  const host = readNginxHost(spec);
  if (host === undefined) spec.error('missing-field', 'host', 'it needs a host');
  return host ?? '';
}

function readTls(spec: ObjectReader): VirtualTls | undefined {
  const tls = spec.object('tls');
  if (!tls) return undefined;
  const redirect = tls.object('redirect');
  const secret = tls.filledText('secret');
  const fault = secret === undefined ? undefined : nameFault(secret);
  if (fault !== undefined) tls.error('invalid-value', 'secret', `\`${secret ?? ''}\` ${fault}`);
  if (secret === undefined && tls.has('cert-manager')) tls.error('missing-field', 'secret', '`cert-manager` needs the name of one');
  const code = (redirect && readRedirectCode(redirect)) ?? 301;
  // A pointer of Go: it is said, unlike the 0 of other redirects, which is no code at all.
  if (redirect?.raw('code') === 0) redirect.error('invalid-value', 'code', '`0` is none of 301, 302, 307, 308');
  const basedOn = redirect?.oneOf('basedOn', ['scheme', 'x-forwarded-proto']) ?? 'scheme';
  return {
    pointer: tls.pointer,
    secret,
    redirect: redirect?.boolean('enable') === true ? { code, basedOn } : undefined,
  };
}

/** Upstreams, and routes that use them by their names; a path stands once (`validateVirtualServerRoutes`). */
function readRoutes(
  spec: ObjectReader,
  field: string,
  namespace: string | undefined,
): { readonly upstreams: readonly VirtualUpstream[]; readonly routes: readonly VirtualRoute[] } {
  const names = new Set<string>();
  const upstreams = spec.objects('upstreams').map((reader) => {
    const upstream = readUpstream(reader);
    if (names.has(upstream.name)) reader.error('duplicate', 'name', `upstream \`${upstream.name}\` is there twice`);
    names.add(upstream.name);
    return upstream;
  });
  const paths = new Set<string>();
  let first: string | undefined;
  const routes = spec.objects(field).map((reader) => {
    const route = readRoute(reader, names, namespace);
    if (paths.has(route.path)) reader.error('duplicate', 'path', `\`${route.path}\` is there twice`);
    if (field === 'subroutes' && route.route !== undefined) reader.error('invalid-value', 'route', 'a subroute cannot be handed on');
    first ??= modifierOf(route.path);
    if (field === 'subroutes' && modifierOf(route.path) !== first)
      reader.error('invalid-value', 'path', `all subroutes are of one kind, and \`${route.path}\` is not of that of the first`);
    paths.add(route.path);
    return route;
  });
  return { upstreams, routes };
}

/** Subroutes of one VirtualServerRoute are of one kind (`subrouteModifierCategory`). */
const modifierOf = (path: string) => /^(?:~|=|\^~)?/.exec(path)?.[0];

/** A port that is wrong has been told of. */
const portOf = (reader: ObjectReader, field: string) => Number(reader.raw(field)) || 0;

function readUpstream(reader: ObjectReader): VirtualUpstream {
  checkVirtualUpstream(reader);
  const [service = '', backup] = [reader.filledText('service'), reader.filledText('backup')];
  const parts = service.split('/');
  return {
    pointer: reader.pointer,
    name: reader.filledText('name') ?? '',
    namespace: parts.length === 2 ? parts[0] : undefined,
    service: parts.at(-1) ?? '',
    port: portOf(reader, 'port'),
    backup: backup === undefined ? undefined : { service: backup, port: portOf(reader, 'backupPort') },
    labels: reader.labels('subselector'),
    tls: reader.object('tls')?.boolean('enable') ?? false,
    isGrpc: reader.filledText('type') === 'grpc',
    maxBodySize: reader.filledText('client-max-body-size')?.trim(),
  };
}

function readRoute(reader: ObjectReader, upstreams: ReadonlySet<string>, namespace: string | undefined): VirtualRoute {
  const path = reader.filledText('path') ?? '';
  checkPath(reader, path);
  const handed = reader.filledText('route');
  const handedFault = handed === undefined ? undefined : qualifiedNameFault(handed);
  if (handedFault !== undefined) reader.error('invalid-value', 'route', `\`${handed ?? ''}\` ${handedFault}`);
  const selector = readSelector(reader.object('routeSelector'));
  const isExpression = path.startsWith('~');
  const splits = readWays(reader, upstreams, isExpression);
  const ways = [handed !== undefined, selector !== undefined, reader.has('action'), hasSplits(reader)].filter(Boolean).length;
  if (ways !== 1) reader.error('invalid-value', 'action', 'a route has exactly one of `action`, `splits`, `route` and `routeSelector`');
  return {
    pointer: reader.pointer,
    path,
    route: handed,
    selector,
    splits,
    matches: reader.objects('matches').map((match) => readMatch(match, upstreams)),
    policies: readPolicyReferences(reader, namespace),
    hasSnippets: reader.filledText('location-snippets') !== undefined,
    errorPages: reader.objects('errorPages').map(readErrorPage),
  };
}

function readSelector(reader: ObjectReader | undefined): VirtualRoute['selector'] {
  const labels = reader?.labels('matchLabels');
  if (labels && Object.keys(labels).length === 0) reader?.error('missing-field', 'matchLabels', 'it needs at least one label');
  const odd = Object.entries(labels ?? {}).find(([key, value]) => qualifiedNameFault(key) !== undefined || value === '');
  if (odd) reader?.error('invalid-value', 'matchLabels', `\`${odd[0]}=${odd[1]}\` is no label with a value`);
  return labels;
}

/** `validateRoutePath`: an expression, an exact path, or a prefix, which may go before expressions. */
function checkPath(reader: ObjectReader, path: string): void {
  if (path.startsWith('~')) {
    const expression = path.replace(/^~\*?\s*/, '');
    const fault = escapedTextFault(expression);
    if (expression === '' || isBrokenInEveryEngine(expression))
      reader.error('invalid-expression', 'path', `\`${path}\` is no regular expression`);
    else if (fault !== undefined) reader.error('invalid-value', 'path', fault);
  } else if (pathFault(path.replace(/^(?:=|\^~ *)/, '')) !== undefined) {
    reader.error(
      'invalid-value',
      'path',
      `\`${path}\` must begin with \`/\`, \`=/\`, \`^~ /\`, \`~\` or \`~*\`, and a path has neither blanks, braces, backslashes nor \`;\``,
    );
  }
}

/** A list of none is as no list (`len(route.Splits) > 0`). */
function hasSplits(reader: ObjectReader): boolean {
  const splits = reader.raw('splits');
  return reader.has('splits') && !(Array.isArray(splits) && splits.length === 0);
}

/** `isExpression`: what an action rewrites is the match of an expression, as in locations of splits and matches it always is. */
function readWays(reader: ObjectReader, upstreams: ReadonlySet<string>, isExpression: boolean): readonly VirtualSplit[] {
  const action = reader.object('action');
  if (action) return [{ weight: 100, action: readVirtualAction(action, upstreams, isExpression) }];
  const splits = reader.objects('splits').map((split): VirtualSplit => {
    const own = split.object('action');
    if (!own) split.error('missing-field', 'action', 'a split needs an action');
    return { weight: split.integer('weight', 0, 100) ?? 0, action: readVirtualAction(own ?? split.empty('action'), upstreams, true) };
  });
  if (splits.length === 1) reader.error('invalid-value', 'splits', 'there have to be at least two');
  const sum = splits.reduce((all, { weight }) => all + weight, 0);
  if (splits.length > 0 && sum !== 100) reader.error('invalid-value', 'splits', `the weights add up to ${sum}, and must to 100`);
  return splits;
}

function readMatch(reader: ObjectReader, upstreams: ReadonlySet<string>): VirtualMatch {
  const conditions = reader.objects('conditions').map(readCondition);
  if (conditions.length === 0) reader.error('missing-field', 'conditions', 'a match needs conditions');
  if (reader.has('action') === hasSplits(reader))
    reader.error('invalid-value', 'action', 'a match has exactly one of `action` and `splits`');
  return { pointer: reader.pointer, conditions, splits: readWays(reader, upstreams, true) };
}

const CONDITIONS = ['header', 'cookie', 'argument', 'variable'] as const;

function readCondition(reader: ObjectReader): VirtualCondition {
  const named = CONDITIONS.filter((field) => reader.filledText(field) !== undefined);
  const [of = 'header'] = named;
  if (named.length !== 1) reader.error('invalid-value', of, `a condition has exactly one of ${CONDITIONS.join(', ')}`);
  const name = reader.filledText(of) ?? '';
  if (named.length === 1 && !isConditionName(of, name))
    reader.error('invalid-value', of, `\`${name}\` is no name of a ${of} that may be compared`);
  const fault = escapedTextFault(reader.text('value') ?? '');
  if (fault !== undefined) reader.error('invalid-value', 'value', fault);
  return { pointer: reader.pointer, of, name, value: reader.text('value') ?? '' };
}

/** Variables that may be compared (`validVariableNames`). */
const VARIABLES = [
  'args',
  'http2',
  'https',
  'remote_addr',
  'remote_port',
  'query_string',
  'request',
  'request_body',
  'request_uri',
  'request_method',
  'scheme',
];

/** `validateCondition`. */
function isConditionName(of: VirtualCondition['of'], name: string): boolean {
  if (of === 'header') return isHeaderName(name);
  return of === 'variable' ? name.startsWith('$') && VARIABLES.includes(name.slice(1)) : /^[_A-Za-z0-9]+$/.test(name);
}
