import { apiGroup, type ObjectRef } from '../kernel/object-ref.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { RULE_SYNTAXES, type RuleSyntax } from '../traefik-rule/rule-syntax.js';
import { checkRule } from './internal/check-traefik-rule.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import { readPort, readTraefikReference } from './internal/read-traefik-backend.js';
import { PRIORITIES } from './traefik.js';
import type {
  IngressRouteTCP,
  IngressRouteUDP,
  MiddlewareTCP,
  MiddlewareTCPAction,
  ServersTransportTCP,
  StreamBackend,
  TcpRouteRule,
} from './traefik-stream.js';

/** Reads an IngressRouteTCP (traefik/traefik `pkg/provider/kubernetes/crd/kubernetes_tcp.go`, `loadIngressRouteTCPConfiguration`). */
export function normaliseIngressRouteTCP(root: ObjectReader, ref: ObjectRef): IngressRouteTCP {
  const spec = root.object('spec') ?? root.empty('spec');
  const usual = apiGroup(ref.apiVersion) === 'traefik.containo.us' ? 'v2' : undefined;
  const routes = spec.objects('routes').map((reader) => readRule(reader, usual));
  if (routes.length === 0) root.error('missing-field', 'spec', 'an IngressRouteTCP without `routes` serves nothing');
  const tls = spec.object('tls');
  const options = tls?.object('options');
  return {
    ...readResource(root, ref),
    kind: 'IngressRouteTCP',
    namespace: ref.namespace ?? 'default',
    className: spec.filledText('ingressClassName'),
    entryPoints: spec.texts('entryPoints'),
    routes,
    tls: tls && {
      pointer: tls.pointer,
      passthrough: tls.boolean('passthrough') ?? false,
      secretName: tls.filledText('secretName'),
      options: options?.filledText('name') === undefined ? undefined : readTraefikReference(options),
    },
  };
}

function readRule(reader: ObjectReader, usual: RuleSyntax | undefined): TcpRouteRule {
  const match = reader.text('match') ?? '';
  const syntax = reader.oneOf('syntax', RULE_SYNTAXES) ?? usual;
  if (match === '') reader.error('missing-field', 'match', 'a route needs a rule: `match`');
  else checkRule(reader, match, syntax, 'tcp');
  return {
    pointer: reader.pointer,
    match,
    syntax,
    priority: reader.integer('priority', ...PRIORITIES) ?? 0,
    middlewares: reader.objects('middlewares').flatMap((one) => readTraefikReference(one) ?? []),
    services: reader.objects('services').flatMap(readStreamBackend),
    fault: match === '' ? 'the rule is empty' : undefined,
  };
}

function readStreamBackend(reader: ObjectReader): readonly StreamBackend[] {
  const reference = readTraefikReference(reader);
  if (!reference) return [];
  return [
    {
      ...reference,
      port: readPort(reader),
      weight: reader.integer('weight', 0, 2_147_483_647) ?? 1,
      nativeLB: reader.boolean('nativeLB'),
      nodePortLB: reader.boolean('nodePortLB') ?? false,
      tls: reader.boolean('tls') ?? false,
      serversTransport: reader.filledText('serversTransport'),
    },
  ];
}

/** Reads an IngressRouteUDP (`kubernetes_udp.go`, `loadIngressRouteUDPConfiguration`). */
export function normaliseIngressRouteUDP(root: ObjectReader, ref: ObjectRef): IngressRouteUDP {
  const spec = root.object('spec') ?? root.empty('spec');
  const routes = spec.objects('routes').map((reader) => ({
    pointer: reader.pointer,
    services: reader.objects('services').flatMap(readStreamBackend),
  }));
  if (routes.length === 0) root.error('missing-field', 'spec', 'an IngressRouteUDP without `routes` serves nothing');
  return {
    ...readResource(root, ref),
    kind: 'IngressRouteUDP',
    namespace: ref.namespace ?? 'default',
    className: spec.filledText('ingressClassName'),
    entryPoints: spec.texts('entryPoints'),
    routes,
  };
}

/** Reads a MiddlewareTCP (`traefikio/v1alpha1/middlewaretcp.go`). */
export function normaliseMiddlewareTCP(root: ObjectReader, ref: ObjectRef): MiddlewareTCP {
  const spec = root.object('spec') ?? root.empty('spec');
  const action = actionOf(spec);
  if (action.type === 'invalid') root.error('invalid-middleware', 'spec', action.why);
  return { ...readResource(root, ref), kind: 'MiddlewareTCP', namespace: ref.namespace ?? 'default', action };
}

function actionOf(spec: ObjectReader): MiddlewareTCPAction {
  const [field, ...more] = spec.fields();
  if (more.length > 0) return { type: 'invalid', why: `of ${spec.fields().join(', ')} a MiddlewareTCP may have one alone` };
  if (field === 'inFlightConn') return { type: 'inFlightConn' };
  if (field !== 'ipAllowList' && field !== 'ipWhiteList') {
    return { type: 'invalid', why: 'a MiddlewareTCP needs one type: `ipAllowList` or `inFlightConn`' };
  }
  const sourceRange = spec.object(field)?.texts('sourceRange') ?? [];
  const wrong = sourceRange.find((text) => !parseIp(text) && !parseCidr(text));
  if (sourceRange.length === 0) return { type: 'invalid', why: '`sourceRange` is empty' };
  if (wrong !== undefined) return { type: 'invalid', why: `\`${wrong}\` is neither an address nor a prefix` };
  return { type: 'ipAllowList', sourceRange };
}

/** Reads a ServersTransportTCP (`serverstransporttcp.go`). */
export function normaliseServersTransportTCP(root: ObjectReader, ref: ObjectRef): ServersTransportTCP {
  const tls = root.object('spec')?.object('tls');
  return {
    ...readResource(root, ref),
    kind: 'ServersTransportTCP',
    namespace: ref.namespace ?? 'default',
    serverName: tls?.filledText('serverName'),
    certificatesSecrets: tls?.texts('certificatesSecrets') ?? [],
  };
}
