import { didYouMeanHint } from '../kernel/did-you-mean.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import { parseIp } from '../net/ip.js';
import { backtracksWithoutBound } from '../regex/backtracking.js';
import { isBrokenInEveryEngine } from '../regex/parse-regex.js';
import type { Ingress, IngressBackend, IngressPath, IngressRule, IngressTls } from './ingress.js';
import { pathFault } from './ingress-path-fault.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

const FIELDS: ReadonlySet<string> = new Set(['backend', 'defaultBackend', 'ingressClassName', 'rules', 'tls']);
const RULE_FIELDS: ReadonlySet<string> = new Set(['host', 'http']);
const PATH_FIELDS: ReadonlySet<string> = new Set(['backend', 'path', 'pathType']);
/** With these ingress-nginx reads paths as expressions (docs/user-guide/ingress-path-matching.md). */
const EXPRESSIONS = ['use-regex', 'rewrite-target'].map((name) => `nginx.ingress.kubernetes.io/${name}`);
const PATH_TYPES: readonly IngressPath['pathType'][] = ['Exact', 'Prefix', 'ImplementationSpecific'];

/** Reads an Ingress of v1, or of the removed `networking.k8s.io/v1beta1` and `extensions/v1beta1`, whose backends are flat. */
export function normaliseIngress(root: ObjectReader, ref: ObjectRef): Ingress {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'an Ingress needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  const old = ref.apiVersion !== 'networking.k8s.io/v1';
  const defaultBackend = spec.object('defaultBackend') ?? spec.object('backend');
  const rules = spec.objects('rules');
  if (rules.length === 0 && !defaultBackend && root.has('spec')) {
    root.error('missing-field', 'spec', 'an Ingress needs `rules` or a `defaultBackend`: the API server refuses it');
  }
  const resource = readResource(root, ref);
  const asksForExpressions = EXPRESSIONS.some((name) => !['', 'false'].includes(resource.annotations[name] ?? ''));
  const addresses = root.object('status')?.object('loadBalancer')?.objects('ingress') ?? [];
  return {
    ...resource,
    kind: 'Ingress',
    namespace: ref.namespace ?? 'default',
    uid: root.object('metadata')?.filledText('uid'),
    className: spec.text('ingressClassName'),
    defaultBackend: defaultBackend && readBackend(defaultBackend),
    rules: rules.map((rule) => readRule(rule, old, asksForExpressions)),
    tls: spec.objects('tls').map(readTls),
    loadBalancerIngress: addresses.flatMap((entry) => entry.filledText('ip') ?? entry.filledText('hostname') ?? []),
  };
}

function readRule(reader: ObjectReader, old: boolean, expressions: boolean): IngressRule {
  reader.expectOnly(RULE_FIELDS);
  const http = reader.object('http');
  return {
    pointer: reader.pointer,
    host: readHost(reader),
    hasHttp: http !== undefined,
    paths: http ? http.objects('paths').map((path) => readPath(path, old, expressions)) : [],
  };
}

/** As written, for the API server takes no capitals; `*.foo.com` is the only legal wildcard: the whole first label (kubernetes `pkg/apis/networking/validation`, `IsDNS1123Subdomain`). */
function readHost(reader: ObjectReader): string | undefined {
  const host = reader.filledText('host');
  if (host === undefined) return undefined;
  if (parseIp(host) !== undefined) {
    reader.error(
      'invalid-value',
      'host',
      `\`${host}\` is an address, and a host is a name`,
      'leave the host out for requests to an address',
    );
    return host;
  }
  if (isHost(host)) return host;
  const lower = host.toLowerCase();
  if (isHost(lower)) reader.error('invalid-value', 'host', `\`${host}\`: the API server takes no capitals in a host`, `write \`${lower}\``);
  else reader.error('invalid-value', 'host', `\`${host}\` is no host name; a wildcard is the whole first label, as in \`*.example.com\``);
  return host;
}

function isHost(host: string): boolean {
  const rest = host.startsWith('*.') ? host.slice(2) : host;
  return host.length <= 253 && rest.split('.').every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label));
}

/** Only v1 has to say the path type; old versions default it. */
function readPath(reader: ObjectReader, old: boolean, expressions: boolean): IngressPath {
  reader.expectOnly(PATH_FIELDS);
  const pathType = reader.oneOf('pathType', PATH_TYPES);
  if (!reader.has('pathType') && !old) {
    reader.error('missing-field', 'pathType', `a path needs a pathType: ${PATH_TYPES.join(', ')}; read as \`ImplementationSpecific\``);
  }
  const path = reader.text('path') ?? '';
  const fault = pathFault({ path, pathType: pathType ?? 'ImplementationSpecific' });
  if (fault !== undefined) reader.error('invalid-value', 'path', `\`${path}\`: ${fault}`);
  if (expressions) checkExpression(reader, path);
  const backend = reader.object('backend');
  return {
    pointer: reader.pointer,
    path,
    typeFault: pathType === undefined && reader.has('pathType') ? `its pathType is none of ${PATH_TYPES.join(', ')}` : undefined,
    pathType: pathType ?? (reader.has('pathType') ? 'ImplementationSpecific' : reader.default('pathType', 'ImplementationSpecific')),
    backend: backend ? readBackend(backend) : invalid(reader, 'a path needs a backend'),
  };
}

/** nginx reads it by PCRE. */
function checkExpression(reader: ObjectReader, path: string): void {
  if (isBrokenInEveryEngine(path)) {
    const why = `\`${path}\` is no regular expression: ingress-nginx makes a location of it, and nginx refuses the whole configuration`;
    reader.error('invalid-expression', 'path', why);
  } else if (backtracksWithoutBound(path)) {
    const why = `\`${path}\` makes nginx try every way to match it (PCRE): a path that nearly matches may hold a worker up`;
    reader.warn('expression-backtracks', 'path', why, 'repeat no group that itself ends in a repetition');
  }
}

function readBackend(reader: ObjectReader): IngressBackend {
  const service = reader.object('service');
  const resource = reader.object('resource');
  if (service && resource) return invalid(reader, 'a backend is a service or a resource, not both');
  if (resource) return readResourceBackend(reader, resource);
  if (service) return readServiceBackend(reader, service);
  if (reader.has('serviceName')) return readFlatBackend(reader);
  return invalid(reader, 'a backend needs a service or a resource');
}

function readResourceBackend(reader: ObjectReader, resource: ObjectReader): IngressBackend {
  const [kind, name] = [resource.filledText('kind'), resource.filledText('name')];
  if (kind === undefined || name === undefined) return invalid(reader, 'a resource backend needs a kind and a name');
  return { type: 'resource', pointer: reader.pointer, apiGroup: resource.text('apiGroup') ?? '', kind, name };
}

function readServiceBackend(reader: ObjectReader, service: ObjectReader): IngressBackend {
  const name = service.filledText('name');
  const port = service.object('port');
  const byName = port?.filledText('name');
  const byNumber = port?.integer('number', 1, 65535);
  if (name === undefined) return invalid(reader, 'a service backend needs the name of the service');
  if (byName !== undefined && byNumber !== undefined) return invalid(reader, 'a service port is given by name or by number, not both');
  const chosen = byName ?? byNumber;
  if (chosen === undefined)
    return invalid(reader, 'a service backend needs a port: `{name}` or `{number}`', didYouMeanHint('servicePort', reader.fields()));
  return { type: 'service', pointer: reader.pointer, name, port: chosen };
}

/** `serviceName` and `servicePort` of the removed versions; the port is a name or a number. */
function readFlatBackend(reader: ObjectReader): IngressBackend {
  const name = reader.filledText('serviceName');
  const port = reader.raw('servicePort');
  if (name === undefined) return invalid(reader, 'a backend needs a serviceName');
  const chosen = typeof port === 'string' ? port || undefined : reader.integer('servicePort', 1, 65535);
  if (chosen === undefined) return invalid(reader, 'a backend needs a servicePort');
  return { type: 'service', pointer: reader.pointer, name, port: /^\d+$/.test(String(chosen)) ? Number(chosen) : chosen };
}

function readTls(reader: ObjectReader): IngressTls {
  const hosts = reader.texts('hosts').map((host) => host.toLowerCase());
  return { pointer: reader.pointer, hosts, secretName: reader.filledText('secretName') };
}

function invalid(reader: ObjectReader, why: string, hint?: string): IngressBackend {
  reader.findings.report('error', 'invalid-backend', reader.pointer, why, hint);
  return { type: 'invalid', pointer: reader.pointer, why };
}
