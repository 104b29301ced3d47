import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import { isBrokenInEveryEngine } from '../regex/parse-regex.js';
import type {
  VirtualAction,
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
    ...readRoutes(spec, 'routes'),
    policies: policiesOf(spec),
    hasSnippets: spec.filledText('server-snippets') !== undefined || spec.filledText('http-snippets') !== undefined,
    hasListener: spec.has('listener'),
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
    ...readRoutes(spec, 'subroutes'),
  };
  return { ...read, fault: root.findings.errorAfter(before) };
}

function specOf(root: ObjectReader): ObjectReader {
  return root.object('spec') ?? root.empty('spec');
}

function readHost(spec: ObjectReader): string {
  const host = spec.filledText('host')?.toLowerCase();
  if (host === undefined) spec.error('missing-field', 'host', 'it needs a host');
  return host ?? '';
}

function readTls(spec: ObjectReader): VirtualTls | undefined {
  const tls = spec.object('tls');
  if (!tls) return undefined;
  const redirect = tls.object('redirect');
  const code = redirect?.integer('code', 301, 308) ?? 301;
  const basedOn = redirect?.oneOf('basedOn', ['scheme', 'x-forwarded-proto']) ?? 'scheme';
  return {
    pointer: tls.pointer,
    secret: tls.filledText('secret'),
    redirect: redirect?.boolean('enable') === true ? { code, basedOn } : undefined,
  };
}

/** Upstreams, and routes that use them by their names; a path stands once (`validateVirtualServerRoutes`). */
function readRoutes(
  spec: ObjectReader,
  field: string,
): { readonly upstreams: readonly VirtualUpstream[]; readonly routes: readonly VirtualRoute[] } {
  const upstreams = spec.objects('upstreams').map(readUpstream);
  const names = new Set(upstreams.map(({ name }) => name));
  const paths = new Set<string>();
  const routes = spec.objects(field).map((reader) => {
    const route = readRoute(reader, names);
    if (paths.has(route.path)) reader.error('duplicate', 'path', `\`${route.path}\` is there twice`);
    paths.add(route.path);
    return route;
  });
  return { upstreams, routes };
}

function readUpstream(reader: ObjectReader): VirtualUpstream {
  const [name, service] = [reader.filledText('name'), reader.filledText('service')];
  const port = reader.integer('port', 1, 65535);
  if (name === undefined) reader.error('missing-field', 'name', 'an upstream needs a name');
  if (service === undefined) reader.error('missing-field', 'service', 'an upstream needs a service');
  if (!reader.has('port')) reader.error('missing-field', 'port', 'an upstream needs a port');
  return {
    pointer: reader.pointer,
    name: name ?? '',
    service: service ?? '',
    port: port ?? 0,
    isPart: Object.keys(reader.labels('subselector')).length > 0,
  };
}

function readRoute(reader: ObjectReader, upstreams: ReadonlySet<string>): VirtualRoute {
  const path = reader.filledText('path') ?? '';
  checkPath(reader, path);
  const handed = reader.filledText('route');
  const selector = reader.object('routeSelector')?.labels('matchLabels');
  const splits = readWays(reader, upstreams);
  const ways = [handed !== undefined, selector !== undefined, reader.has('action'), reader.has('splits')].filter(Boolean).length;
  if (ways !== 1) reader.error('invalid-value', 'action', 'a route has exactly one of `action`, `splits`, `route` and `routeSelector`');
  return {
    pointer: reader.pointer,
    path,
    route: handed,
    selector,
    splits,
    matches: reader.objects('matches').map((match) => readMatch(match, upstreams)),
    policies: policiesOf(reader),
    hasSnippets: reader.filledText('location-snippets') !== undefined,
    hasErrorPages: reader.objects('errorPages').length > 0,
  };
}

/** `validateRoutePath`: an expression, an exact path, or a prefix. */
function checkPath(reader: ObjectReader, path: string): void {
  if (path.startsWith('~')) {
    const expression = path.replace(/^~\*?\s*/, '');
    if (expression === '' || isBrokenInEveryEngine(expression))
      reader.error('invalid-expression', 'path', `\`${path}\` is no regular expression`);
  } else if (!/^=?\/[^\s{};]*$/.test(path)) {
    reader.error(
      'invalid-value',
      'path',
      `\`${path}\` must begin with \`/\`, \`=/\`, \`~\` or \`~*\`, and a path has neither blanks, braces nor \`;\``,
    );
  }
}

function readWays(reader: ObjectReader, upstreams: ReadonlySet<string>): readonly VirtualSplit[] {
  const action = reader.object('action');
  if (action) return [{ weight: 100, action: readAction(action, upstreams) }];
  const splits = reader.objects('splits').map((split): VirtualSplit => {
    const own = split.object('action');
    if (!own) split.error('missing-field', 'action', 'a split needs an action');
    return { weight: split.integer('weight', 0, 100) ?? 0, action: readAction(own ?? split.empty('action'), upstreams) };
  });
  const sum = splits.reduce((all, { weight }) => all + weight, 0);
  if (splits.length > 0 && sum !== 100) reader.error('invalid-value', 'splits', `the weights add up to ${sum}, and must to 100`);
  return splits;
}

function readMatch(reader: ObjectReader, upstreams: ReadonlySet<string>): VirtualMatch {
  const conditions = reader.objects('conditions').map(readCondition);
  if (conditions.length === 0) reader.error('missing-field', 'conditions', 'a match needs conditions');
  return { pointer: reader.pointer, conditions, splits: readWays(reader, upstreams) };
}

const CONDITIONS = ['header', 'cookie', 'argument', 'variable'] as const;

function readCondition(reader: ObjectReader): VirtualCondition {
  const named = CONDITIONS.filter((field) => reader.filledText(field) !== undefined);
  const [of = 'header'] = named;
  if (named.length !== 1) reader.error('invalid-value', of, `a condition has exactly one of ${CONDITIONS.join(', ')}`);
  return { pointer: reader.pointer, of, name: reader.filledText(of) ?? '', value: reader.text('value') ?? '' };
}

function readAction(reader: ObjectReader, upstreams: ReadonlySet<string>): VirtualAction {
  const { pointer } = reader;
  const [redirect, answer, proxy] = [reader.object('redirect'), reader.object('return'), reader.object('proxy')];
  const passed = reader.filledText('pass') ?? proxy?.filledText('upstream');
  if (redirect) {
    const url = redirect.filledText('url');
    if (url === undefined) redirect.error('missing-field', 'url', 'a redirect needs a url');
    return { pointer, type: 'redirect', url: url ?? '', code: redirect.integer('code', 301, 308) ?? 301 };
  }
  if (answer) return { pointer, type: 'return', code: answer.integer('code', 200, 599) ?? 200 };
  if (passed === undefined) return invalid(reader, 'an action has one of `pass`, `redirect`, `return` and `proxy`');
  if (!upstreams.has(passed)) return invalid(reader, `there is no upstream \`${passed}\``);
  const [headers, answers] = [proxy?.object('requestHeaders'), proxy?.object('responseHeaders')];
  return {
    pointer,
    type: 'pass',
    upstream: passed,
    rewritePath: proxy?.filledText('rewritePath'),
    setHeaders: headers?.objects('set').map(readHeader) ?? [],
    passHeaders: headers?.boolean('pass') ?? true,
    addedHeaders: answers?.objects('add').map(readHeader) ?? [],
    hiddenHeaders: answers?.texts('hide') ?? [],
  };
}

const readHeader = (reader: ObjectReader) => [reader.text('name') ?? '', reader.text('value') ?? ''] as const;

function invalid(reader: ObjectReader, why: string): VirtualAction {
  reader.findings.report('error', 'invalid-value', reader.pointer, why);
  return { pointer: reader.pointer, type: 'invalid', why };
}

function policiesOf(reader: ObjectReader): readonly string[] {
  return reader.objects('policies').map((one) => one.filledText('name') ?? '');
}
