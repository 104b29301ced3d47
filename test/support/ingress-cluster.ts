import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';

const CREATED = '2026-01-01T00:00:00Z';
const LINE = /^(?<name>[\w-]+)(?:#(?<class>[\w-]*))?(?:@(?<created>[\w:-]+))?\s*:\s*(?<rest>.+)$/;
const NETWORKING = 'networking.k8s.io/v1';

interface IngressObject extends KubernetesObject {
  readonly spec: IngressSpec;
}

interface IngressSpec extends JsonObject {
  readonly ingressClassName?: string;
  defaultBackend?: JsonObject | undefined;
  readonly rules: JsonObject[];
  readonly tls: JsonObject[];
}

/**
 * A cluster in the notation of the tables, one rule a line, everything in namespace `t`:
 *
 * ```
 * a : foo.com Prefix /aaa -> web        Ingress t/a of class `c`: host, path type, path, Service web:80
 * a : any Exact /x -> web:http          a rule for every host; the port by name
 * a : foo.com whole                     a rule without http
 * a : default -> web                    spec.defaultBackend
 * a : tls foo.com *.bar.com -> secret   spec.tls
 * b#other@2026-01-03 : …                its class (`b#` none at all), its day of creation (`@never`: it was never in a cluster)
 * ```
 * Path type `Impl` is ImplementationSpecific; a target `resource/x` is a resource. Every Service that is named exists with port 80 (`http`) and one ready
 * endpoint, unless its name begins with `missing`, or `empty` (no ready endpoint). Every class that is named exists, unless it begins with `undefined`.
 */
export function ingressCluster(text: string): KubernetesObject[] {
  const ingresses = new Map<string, IngressObject>();
  const services = new Set<string>();
  const classes = new Set<string>();
  for (const line of text.split('\n').map((item) => item.trim())) {
    if (line === '') continue;
    const { name = '', class: written = 'c', created = '', rest = '' } = LINE.exec(line)?.groups ?? {};
    if (rest === '') throw new Error(`not a rule: ${line}`);
    if (written !== '') classes.add(written);
    const ingress = ingresses.get(name) ?? newIngress(name, written, created);
    ingresses.set(name, ingress);
    addRule(ingress, rest, services);
  }
  return [
    ...[...classes].filter((name) => !name.startsWith('undefined')).map(ingressClass),
    ...[...services].filter((name) => !name.startsWith('missing')).flatMap(service),
    ...ingresses.values(),
  ];
}

function newIngress(name: string, className: string, created: string): IngressObject {
  const creationTimestamp = created === '' ? CREATED : `${created}T00:00:00Z`;
  return {
    apiVersion: NETWORKING,
    kind: 'Ingress',
    metadata: { name, namespace: 't', ...(created === 'never' ? {} : { creationTimestamp }) },
    spec: { ...(className === '' ? {} : { ingressClassName: className }), rules: [], tls: [] },
  };
}

function addRule({ spec }: IngressObject, rest: string, services: Set<string>): void {
  const [left = '', target = ''] = rest.split('->').map((part) => part.trim());
  const [host = '', type = '', path] = left.split(/\s+/);
  if (host === 'tls') {
    spec.tls.push({ hosts: left.split(/\s+/).slice(1), ...(target === '' ? {} : { secretName: target }) });
    return;
  }
  const backend = target === '' ? undefined : backendOf(target, services);
  if (host === 'default') {
    spec.defaultBackend = backend;
    return;
  }
  const named = host === 'any' ? {} : { host };
  const pathType = type === 'Impl' ? 'ImplementationSpecific' : type;
  spec.rules.push(type === 'whole' ? named : { ...named, http: { paths: [{ path: path ?? '', pathType, backend }] } });
}

function backendOf(target: string, services: Set<string>): JsonObject {
  const [kind, resource] = target.split('/');
  if (resource !== undefined) return { resource: { apiGroup: 'example.com', kind, name: resource } };
  const [name = '', port = '80'] = target.split(':');
  services.add(name);
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function ingressClass(name: string): KubernetesObject {
  return {
    apiVersion: NETWORKING,
    kind: 'IngressClass',
    metadata: { name, creationTimestamp: CREATED },
    spec: { controller: 'example.com/ingress' },
  };
}

/** A Service of the notation, with its slice. */
function service(name: string, index: number): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 't' },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 't', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
      endpoints: [{ addresses: [`10.0.0.${index + 1}`], conditions: { ready: !name.startsWith('empty') } }],
    },
  ];
}
