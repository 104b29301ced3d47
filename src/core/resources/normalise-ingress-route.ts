import { apiGroup, type ObjectRef } from '../kernel/object-ref.js';
import { RULE_SYNTAXES, type RuleSyntax } from '../traefik-rule/rule-syntax.js';
import { checkRule } from './internal/check-traefik-rule.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import { readTraefikBackend, readTraefikReference } from './internal/read-traefik-backend.js';
import { type IngressRoute, type IngressRouteRule, type IngressRouteTls, PRIORITIES } from './traefik.js';

const FIELDS: ReadonlySet<string> = new Set(['entryPoints', 'routes', 'tls', 'parentRefs', 'ingressClassName']);
const RULE_FIELDS: ReadonlySet<string> = new Set([
  'match',
  'kind',
  'priority',
  'syntax',
  'middlewares',
  'services',
  'observability',
  'respondingTimeouts',
]);

/** Reads an IngressRoute (traefik/traefik `pkg/provider/kubernetes/crd/traefikio/v1alpha1/ingressroute.go`). Rules are checked as `loadIngressRouteConfiguration` and the muxer do. */
export function normaliseIngressRoute(root: ObjectReader, ref: ObjectRef): IngressRoute {
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  // Objects of the old group are those of Traefik v2, whose rules are of its syntax.
  const syntax = apiGroup(ref.apiVersion) === 'traefik.containo.us' ? 'v2' : undefined;
  const routes = spec.objects('routes').map((reader) => readRule(reader, syntax));
  if (routes.length === 0) root.error('missing-field', 'spec', 'an IngressRoute without `routes` serves nothing');
  return {
    ...readResource(root, ref),
    kind: 'IngressRoute',
    namespace: ref.namespace ?? 'default',
    className: spec.filledText('ingressClassName'),
    entryPoints: spec.texts('entryPoints'),
    routes,
    tls: readTls(spec),
    parentRefs: spec.objects('parentRefs').flatMap((reader) => readTraefikReference(reader) ?? []),
  };
}

function readRule(reader: ObjectReader, usual: RuleSyntax | undefined): IngressRouteRule {
  reader.expectOnly(RULE_FIELDS);
  const match = reader.text('match') ?? '';
  const syntax = reader.oneOf('syntax', RULE_SYNTAXES) ?? usual;
  const kind = reader.text('kind') || 'Rule';
  const fault = kind !== 'Rule' ? `the kind \`${kind}\` of the route is not \`Rule\`` : match === '' ? 'the rule is empty' : undefined;
  if (kind !== 'Rule') reader.oneOf('kind', ['Rule']);
  else if (match === '') reader.error('missing-field', 'match', 'a route needs a rule: `match`');
  else checkRule(reader, match, syntax);
  return {
    pointer: reader.pointer,
    match,
    syntax,
    priority: reader.integer('priority', ...PRIORITIES) ?? 0,
    middlewares: reader.objects('middlewares').flatMap((one) => readTraefikReference(one) ?? []),
    services: reader.objects('services').flatMap((one) => readTraefikBackend(one) ?? []),
    fault,
  };
}

function readTls(spec: ObjectReader): IngressRouteTls | undefined {
  const tls = spec.object('tls');
  if (!tls) return undefined;
  const options = tls.object('options');
  return {
    pointer: tls.pointer,
    secretName: tls.filledText('secretName'),
    options: options?.filledText('name') === undefined ? undefined : readTraefikReference(options),
    certResolver: tls.filledText('certResolver'),
  };
}
