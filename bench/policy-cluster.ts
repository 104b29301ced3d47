/** How many of what a cluster has for the measurements of the policy engine. */
export interface PolicyShape {
  readonly namespaces: number;
  /** Kinds of pods in each namespace, which differ in one label. */
  readonly apps: number;
  /** Pods of each kind. */
  readonly replicas: number;
  /** In each namespace. */
  readonly policies: number;
}

/** How many namespaces share one value of the label `team`. */
const TEAM = 10;

const meta = (name: string, namespace: string | undefined, labels: object) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels,
});

/** Name of the namespace with this number. */
function namespaceName(number: number): string {
  return `team-${number}`;
}

function pod({ namespaces }: PolicyShape, namespace: number, app: number, replica: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...meta(`app-${app}-${replica}`, namespaceName(namespace), { app: `app-${app}`, tier: `tier-${app % 4}` }),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${app}`, uid: '1', controller: true }],
    },
    spec: {
      containers: [{ name: 'main', ports: [{ name: 'http', containerPort: app % 2 === 0 ? 8080 : 8081 }] }],
      nodeName: `node-${(namespace + replica * namespaces) % 100}`,
    },
    status: { phase: 'Running' },
  };
}

/**
 * One of four kinds: a kind of pods admits another kind of the same namespace on a named port, a tier of all namespaces of a team on every port, and a
 * namespace of its own; or it is kept to the names of the cluster and one tier of a team.
 */
export function policyOf({ apps, policies }: PolicyShape, namespace: number, number: number): object {
  const ofTeam = { matchLabels: { team: `team-${(namespace + number) % TEAM}` } };
  const tier = { matchLabels: { tier: `tier-${number % 4}` } };
  const ports = [{ port: 'http' }, { port: 9090 }];
  const egress = [
    { ports: [{ protocol: 'UDP', port: 53 }] },
    { to: [{ namespaceSelector: ofTeam, podSelector: tier }], ports: [{ port: 8080, endPort: 8090 }] },
  ];
  const kinds = [
    { policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: { app: `app-${(number + 1) % apps}` } } }], ports }] },
    { policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: ofTeam, podSelector: tier }] }] },
    { policyTypes: ['Egress'], egress },
    { policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: ofTeam }], ports: [{ port: 8080 }] }] },
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta(`policy-${number}`, namespaceName(namespace), {}),
    spec: { podSelector: { matchLabels: { app: `app-${Math.floor((number * apps) / policies)}` } }, ...kinds[number % 4] },
  };
}

/** Every object of the cluster. Deterministic. */
export function* policyCluster(shape: PolicyShape): Generator<object> {
  for (let namespace = 0; namespace < shape.namespaces; namespace++) {
    const labels = { team: `team-${namespace % TEAM}` };
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: meta(namespaceName(namespace), undefined, labels) };
    for (let app = 0; app < shape.apps; app++) {
      for (let replica = 0; replica < shape.replicas; replica++) yield pod(shape, namespace, app, replica);
    }
    for (let number = 0; number < shape.policies; number++) yield policyOf(shape, namespace, number);
  }
}
