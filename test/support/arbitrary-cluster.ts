import { array, boolean, type Arbitrary, constantFrom, integer, record, shuffledSubarray } from 'fast-check';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { serviceCluster } from './service-cluster.js';

const NODES = ['a', 'b', 'c'] as const;
const SERVICES = ['web', 'api', 'db', 'cache'] as const;

interface ServiceFacts {
  readonly type: string;
  readonly internal: string;
  readonly external: string;
  readonly exposed: boolean;
  readonly endpoints: readonly { readonly octet: number; readonly node: string; readonly state: string; readonly hint: string }[];
}

const facts: Arbitrary<ServiceFacts> = record({
  type: constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'headless'),
  internal: constantFrom('Cluster', 'Local'),
  external: constantFrom('Cluster', 'Local'),
  exposed: boolean(),
  endpoints: array(
    record({
      octet: integer({ min: 1, max: 6 }),
      node: constantFrom(...NODES),
      state: constantFrom('', '', '', '!unready', '!draining', '!gone'),
      hint: constantFrom('', '', '~z1', '~z2'),
    }),
    { maxLength: 5 },
  ),
});

/** One service in the notation of `service-cluster.ts`; its number keeps addresses and node ports of services apart. */
function linesOf(name: string, number: number, { type, internal, external, exposed, endpoints }: ServiceFacts): string {
  const nodePort = type === 'NodePort' || type === 'LoadBalancer' ? `@${30000 + number}` : '';
  const policies =
    type === 'headless' ? '' : ` internalTrafficPolicy=${internal}${nodePort === '' ? '' : ` externalTrafficPolicy=${external}`}`;
  const kind = type === 'headless' ? '' : ` type=${type}`;
  const lb = type === 'LoadBalancer' ? ` lb=203.0.113.${number + 1}` : '';
  const outside = exposed && type !== 'headless' ? ` external=192.0.2.${number + 1}` : '';
  const address = type === 'headless' ? 'None' : `10.96.0.${number + 10}`;
  const ends = endpoints.map(({ octet, node, state, hint }) => `10.244.${number}.${octet}@${node}${state}${hint}`);
  return `service ${name} ${address} http:80>8080${nodePort}${kind}${policies}${lb}${outside}${ends.length === 0 ? '' : ` ; endpoints ${name} ${ends.join(' ')}`}`;
}

/** Clusters of three nodes and up to four services of every kind, policy and state of endpoints; in any order of the objects. */
export const arbitraryCluster: Arbitrary<readonly KubernetesObject[]> = array(facts, { minLength: 1, maxLength: SERVICES.length }).chain(
  (all) => {
    const nodes = NODES.map((name, index) => `node ${name} 192.168.0.${index + 1} zone=z${index + 1}`);
    const services = all.map((one, index) => linesOf(SERVICES[index] ?? 'web', index, one));
    const objects = serviceCluster([...nodes, 'pod client 10.244.9.9@a', ...services].join(';'));
    return shuffledSubarray(objects, { minLength: objects.length, maxLength: objects.length });
  },
);

const podFacts = record({
  app: constantFrom('web', 'web', 'web', 'wep', 'db'),
  phase: constantFrom('Running', 'Running', 'Pending', 'Succeeded', 'Failed'),
  ready: boolean(),
  deleted: boolean(),
  hasAddress: boolean(),
  node: constantFrom('a', 'b', 'gone'),
  port: constantFrom('http', 'http', 'other'),
  family: constantFrom('10.244.0.', 'fd00::'),
});

/** A service `t/web` that selects `app=web` by a named port, and pods in every state, some of them near misses. */
export const arbitraryPods: Arbitrary<readonly KubernetesObject[]> = record({
  pods: array(podFacts, { maxLength: 8 }),
  headless: boolean(),
  publish: boolean(),
}).map(({ pods, headless, publish }) => [
  ...serviceCluster('node a 192.168.0.1 ; node b 192.168.0.2 ; pod client 10.244.9.9@a'),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 't', name: 'web' },
    spec: {
      clusterIP: headless ? 'None' : '10.96.0.10',
      ipFamilies: ['IPv4'],
      selector: { app: 'web' },
      publishNotReadyAddresses: publish,
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    },
  },
  ...pods.map(({ app, phase, ready, deleted, hasAddress, node, port, family }, index): KubernetesObject => {
    const ip = `${family}${index + 1}`;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 't',
        name: `pod-${index}`,
        labels: { app },
        ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      },
      spec: { nodeName: node, containers: [{ name: 'main', ports: [{ name: port, containerPort: 8080 }] }] },
      status: {
        phase,
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        ...(hasAddress ? { podIP: ip, podIPs: [{ ip }] } : {}),
      },
    };
  }),
]);
