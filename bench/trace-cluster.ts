/** How large the cluster of the services room is: 10,000 services, 50,000 pods, each behind two of them, so that there are 100,000 endpoints. */
export const TRACE_SIZE = { apps: 5_000, podsOfApp: 10, nodes: 500, namespaces: 50 } as const;

/** Where an application lives, and by what name. */
export function appOf(number: number): { readonly namespace: string; readonly name: string } {
  return { namespace: `team-${number % TRACE_SIZE.namespaces}`, name: `app-${number}` };
}

const address = (first: number, number: number) => `${first}.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;

/** Two services select each application's pods; every fifth application is reached by its neighbour alone. Deterministic. */
export function* traceCluster(): Generator<object> {
  const { apps, podsOfApp, nodes, namespaces } = TRACE_SIZE;
  for (let number = 0; number < namespaces; number++) yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${number}` } };
  for (let number = 0; number < nodes; number++) {
    const status = { addresses: [{ type: 'InternalIP', address: address(172, number + 1) }] };
    yield { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${number}` }, status };
  }
  yield* dns();
  for (let number = 0; number < apps; number++) {
    const { namespace, name } = appOf(number);
    yield service(namespace, name, name, 2 * number);
    yield service(namespace, `${name}-api`, name, 2 * number + 1);
    for (let index = 0; index < podsOfApp; index++) yield pod(namespace, `${name}-${index}`, { app: name }, number * podsOfApp + index);
    if (number % 5 === 0) yield policy(namespace, name, appOf((number + namespaces) % apps));
  }
}

function* dns(): Generator<object> {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ];
  const labels = { 'k8s-app': 'kube-dns' };
  const metadata = { name: 'kube-dns', namespace: 'kube-system', labels };
  yield { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: address(11, 10), selector: labels, ports } };
  for (let index = 0; index < 2; index++) yield pod('kube-system', `coredns-${index}`, labels, 60_000 + index);
}

function service(namespace: string, name: string, app: string, number: number): object {
  const spec = { clusterIP: address(11, 100 + number), selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
}

function pod(namespace: string, name: string, labels: object, number: number): object {
  const ip = address(10, number + 1);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { nodeName: `node-${number % TRACE_SIZE.nodes}`, containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function policy(namespace: string, name: string, peer: { readonly namespace: string; readonly name: string }): object {
  const from = [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
      podSelector: { matchLabels: { app: peer.name } },
    },
  ];
  const spec = { podSelector: { matchLabels: { app: name } }, ingress: [{ from, ports: [{ port: 8080 }] }] };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}
