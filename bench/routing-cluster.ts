/** How large the cluster of the ingress room is: each host has an Ingress of its own with all of its paths. */
export const ROUTING_SIZE = { hosts: 10_000, paths: 20, services: 200, namespaces: 50 } as const;

/** The class that has all the hosts. */
export const ROUTING_CLASS = 'bench';

/** The name of a host. */
export function hostOf(number: number): string {
  return `shop-${number}.example.com`;
}

/** The path of a rule: from the second on of one to three elements, some of which begin alike; the first is `/`. */
export function pathOf(number: number): string {
  if (number === 0) return '/';
  return ['/api', `part-${number % 7}`, `item-${number}`].slice(0, 1 + (number % 3)).join('/') + (number % 3 === 0 ? `-${number}` : '');
}

/** A path that the rule gets: what it names, or below it where it may. */
export function askedPathOf(number: number): string {
  const path = pathOf(number);
  return isExact(number) ? path : `${path === '/' ? '' : path}/below`;
}

const isExact = (number: number) => number % 4 === 3;

/** Ten thousand hosts of twenty paths behind two hundred services with an endpoint each, for a controller that follows `dialect`. Deterministic. */
export function* routingCluster(controller: string): Generator<object> {
  const { hosts, services, namespaces } = ROUTING_SIZE;
  yield { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: ROUTING_CLASS }, spec: { controller } };
  for (let number = 0; number < namespaces; number++) yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${number}` } };
  for (let number = 0; number < services; number++) yield* service(number);
  for (let number = 0; number < hosts; number++) yield ingress(number);
}

const namespaceOf = (number: number) => `team-${number % ROUTING_SIZE.namespaces}`;

function* service(number: number): Generator<object> {
  const [name, namespace] = [`web-${number}`, namespaceOf(number)];
  const port = { name: 'http', port: 80, targetPort: 8080 };
  yield { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { clusterIP: `10.96.1.${number}`, ports: [port] } };
  yield {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [`10.0.0.${number}`], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

function ingress(number: number): object {
  const { paths, services, namespaces } = ROUTING_SIZE;
  const backendOf = (path: number) => {
    const name = `web-${(number + path * namespaces) % services}`;
    return { service: { name, port: { number: 80 } } };
  };
  const list = Array.from({ length: paths }, (_, path) => ({
    path: pathOf(path),
    pathType: isExact(path) ? 'Exact' : 'Prefix',
    backend: backendOf(path),
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: `shop-${number}`, namespace: namespaceOf(number), creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { ingressClassName: ROUTING_CLASS, rules: [{ host: hostOf(number), http: { paths: list } }] },
  };
}
