import { describe, expect, it } from 'vitest';
import { candidateLines, endpointCluster, serviceOf, sliceLine } from '../../../test/support/endpoint-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/** The cluster, the slices of its service, what became of each pod. */
type Row = readonly [what: string, cluster: string, slices: readonly string[], candidates: readonly string[]];

const SVC = 'svc app=web 80>8080 ; node n1';

/**
 * By the table of inclusion and conditions (kubernetes/endpointslice `utils.go` podToEndpoint, `util/controller_utils.go` ShouldPodBeInEndpoints, `reconciler.go`).
 */
const INCLUSION: readonly Row[] = [
  ['a ready pod', `${SVC} ; pod a app=web @n1 10.0.0.1 Ready`, ['IPv4 8080/TCP | 10.0.0.1 ready'], ['a READY']],
  ['a pod that is not ready', `${SVC} ; pod a app=web @n1 10.0.0.1 NotReady`, ['IPv4 8080/TCP | 10.0.0.1 not ready'], ['a NOT_READY']],
  [
    'a pod that is not ready, and published all the same',
    'svc app=web 80>8080 publish ; node n1 ; pod a app=web @n1 10.0.0.1 NotReady',
    ['IPv4 8080/TCP | 10.0.0.1 ready'],
    ['a PUBLISHED_NOT_READY'],
  ],
  [
    'a pod that terminates and still serves',
    `${SVC} ; pod a app=web @n1 10.0.0.1 Terminating`,
    ['IPv4 8080/TCP | 10.0.0.1 serving terminating'],
    ['a TERMINATING'],
  ],
  [
    'a pod that terminates and serves no more',
    `${SVC} ; pod a app=web @n1 10.0.0.1 NotReady Terminating`,
    ['IPv4 8080/TCP | 10.0.0.1 terminating'],
    ['a TERMINATING'],
  ],
  [
    'a pod that terminates, published all the same',
    'svc app=web 80>8080 publish ; node n1 ; pod a app=web @n1 10.0.0.1 Terminating',
    ['IPv4 8080/TCP | 10.0.0.1 ready terminating'],
    ['a PUBLISHED_NOT_READY'],
  ],
  ['a pod that failed keeps no endpoint', `${SVC} ; pod a app=web @n1 10.0.0.1 Failed`, ['IPv4 |'], ['a POD_TERMINAL_PHASE']],
  ['a pod that succeeded', `${SVC} ; pod a app=web @n1 10.0.0.1 Succeeded`, ['IPv4 |'], ['a POD_TERMINAL_PHASE']],
  ['a pending pod without an address', `${SVC} ; pod a app=web Pending`, ['IPv4 |'], ['a NO_POD_IP']],
  ['a pod whose node does not exist', `${SVC} ; pod a app=web @gone 10.0.0.1`, ['IPv4 |'], ['a NODE_MISSING']],
  ['a pod on no node', `${SVC} ; pod a app=web 10.0.0.1`, ['IPv4 |'], ['a NODE_MISSING']],
  [
    'a pod whose node does not exist, published all the same',
    'svc app=web 80>8080 publish ; node n1 ; pod a app=web @gone 10.0.0.1',
    ['IPv4 8080/TCP | 10.0.0.1 ready'],
    ['a READY'],
  ],
  [
    'without any Node object nodes are believed',
    'svc app=web 80>8080 ; pod a app=web @n1 10.0.0.1',
    ['IPv4 8080/TCP | 10.0.0.1 ready'],
    ['a READY'],
  ],
  ['pods that are not selected are none of its business', `${SVC} ; pod a app=db @n1 10.0.0.1`, ['IPv4 |'], []],
];

/** kubernetes/endpointslice `utils.go` getEndpointPorts and findPort. */
const PORTS: readonly Row[] = [
  ['a number needs no container port', 'svc app=web 80>93 ; pod a app=web @n1 10.0.0.1', ['IPv4 93/TCP | 10.0.0.1 ready'], ['a READY']],
  [
    'a name is each pod’s own; different numbers go into different slices',
    'svc app=web 80>http ; pod a app=web @n1 10.0.0.1 http=8080: ; pod b app=web @n1 10.0.0.2 http=9090: ; pod c app=web @n1 10.0.0.3 http=8080:',
    ['IPv4 8080/TCP | 10.0.0.1 ready, 10.0.0.3 ready', 'IPv4 9090/TCP | 10.0.0.2 ready'],
    ['a READY', 'b READY', 'c READY'],
  ],
  [
    'a name that one pod lacks is left out for that pod alone',
    'svc app=web http:80>http m:90>metrics ; pod a app=web @n1 10.0.0.1 http=8080: metrics=9090: ; pod b app=web @n1 10.0.0.2 http=8080:',
    ['IPv4 http:8080/TCP m:9090/TCP | 10.0.0.1 ready', 'IPv4 http:8080/TCP | 10.0.0.2 ready'],
    ['a READY', 'b READY without m PORT_NAME_NOT_FOUND'],
  ],
  [
    'a name of another protocol',
    'svc app=dns udp:53>dns/UDP tcp:53>dns/TCP ; pod a app=dns @n1 10.0.0.1 dns=53/UDP:',
    ['IPv4 udp:53/UDP | 10.0.0.1 ready'],
    ['a READY without tcp PORT_PROTOCOL_MISMATCH'],
  ],
  [
    'no port at all: published in a slice that nobody can use',
    'svc app=web 80>http ; pod a app=web @n1 10.0.0.1',
    ['IPv4 | 10.0.0.1 ready'],
    ['a PORT_NAME_NOT_FOUND without 80 PORT_NAME_NOT_FOUND'],
  ],
  ['a headless service without ports', 'svc app=web headless ; pod a app=web @n1 10.0.0.1', ['IPv4 | 10.0.0.1 ready'], ['a READY']],
];

/** One slice set a family, addresses of that family only (`reconciler.go`, `utils.go` getEndpointAddresses). */
const FAMILIES: readonly Row[] = [
  [
    'a dual-stack service',
    'svc app=web 80>8080 dual ; pod a app=web @n1 10.0.0.1 fd00::1 ; pod b app=web @n1 10.0.0.2',
    ['IPv4 8080/TCP | 10.0.0.1 ready, 10.0.0.2 ready', 'IPv6 8080/TCP | fd00::1 ready'],
    ['a READY', 'b READY'],
  ],
  [
    'IPv6 text is canonical',
    'svc app=web 80>8080 IPv6 ; pod a app=web @n1 1234::5678:0000:0000:9abc:def0',
    ['IPv6 8080/TCP | 1234::5678:0:0:9abc:def0 ready'],
    ['a READY'],
  ],
  ['a pod of the other family', 'svc app=web 80>8080 IPv6 ; pod a app=web @n1 10.0.0.1', ['IPv6 |'], ['a FAMILY_MISMATCH']],
];

/** `ShouldSetHostname`; `trafficdist/`; KEP-4444, KEP-3015. */
const EXTRAS: readonly Row[] = [
  [
    'a hostname below this service',
    'svc app=web headless ; pod a app=web @n1 10.0.0.1 host=a.s',
    ['IPv4 | 10.0.0.1 ready as a'],
    ['a READY'],
  ],
  [
    'a hostname below another one',
    'svc app=web headless ; pod a app=web @n1 10.0.0.1 host=a.other',
    ['IPv4 | 10.0.0.1 ready'],
    ['a READY'],
  ],
  [
    'PreferClose hints to the own zone',
    'svc app=web 80>8080 PreferClose ; node n1 z1 ; node n2 z2 ; pod a app=web @n1 10.0.0.1 ; pod b app=web @n2 10.0.0.2',
    ['IPv4 8080/TCP | 10.0.0.1 ready for z1, 10.0.0.2 ready for z2'],
    ['a READY', 'b READY'],
  ],
  [
    'PreferSameNode hints to the node as well; what is not ready has no hint',
    'svc app=web 80>8080 PreferSameNode ; node n1 z1 ; node n2 z2 ; pod a app=web @n1 10.0.0.1 ; pod b app=web @n2 10.0.0.2 NotReady',
    ['IPv4 8080/TCP | 10.0.0.1 ready for z1 for n1, 10.0.0.2 not ready'],
    ['a READY', 'b NOT_READY'],
  ],
  [
    'topology mode Auto hints by the CPUs of the zones: half of them are in z1, so half of the endpoints are',
    'svc app=web 80>8080 Auto ; node n1 z1 4cpu ; node n2 z2 4cpu ; pod a app=web @n1 10.0.0.1 ; pod b app=web @n2 10.0.0.2 ; pod c app=web @n2 10.0.0.3 ; pod d app=web @n2 10.0.0.4',
    ['IPv4 8080/TCP | 10.0.0.1 ready for z1, 10.0.0.2 ready for z1, 10.0.0.3 ready for z2, 10.0.0.4 ready for z2'],
    ['a READY', 'b READY', 'c READY', 'd READY'],
  ],
  [
    'topology mode Auto hints nobody with fewer endpoints than zones',
    'svc app=web 80>8080 Auto ; node n1 z1 4cpu ; node n2 z2 4cpu ; pod a app=web @n1 10.0.0.1',
    ['IPv4 8080/TCP | 10.0.0.1 ready'],
    ['a READY'],
  ],
  [
    'topology mode Auto hints nobody when a node tells no zone',
    'svc app=web 80>8080 Auto ; node n1 z1 4cpu ; node n2 z2 4cpu ; node n3 4cpu ; pod a app=web @n1 10.0.0.1 ; pod b app=web @n2 10.0.0.2',
    ['IPv4 8080/TCP | 10.0.0.1 ready, 10.0.0.2 ready'],
    ['a READY', 'b READY'],
  ],
  [
    'topology mode Auto hints nobody when shares cannot be met: 3/4 and 1/4 of two endpoints need 2 and 1 at least',
    'svc app=web 80>8080 Auto ; node n1 z1 6cpu ; node n2 z2 2cpu ; pod a app=web @n1 10.0.0.1 ; pod b app=web @n2 10.0.0.2',
    ['IPv4 8080/TCP | 10.0.0.1 ready, 10.0.0.2 ready'],
    ['a READY', 'b READY'],
  ],
  [
    'an initContainer that never ends offers its ports, after those of ordinary containers',
    'svc app=web 80>http ; pod a app=web @n1 10.0.0.1 sidecar http=9090: ; pod b app=web @n1 10.0.0.2 http=8080: sidecar http=9090:',
    ['IPv4 9090/TCP | 10.0.0.1 ready', 'IPv4 8080/TCP | 10.0.0.2 ready'],
    ['a READY', 'b READY'],
  ],
  [
    'an initContainer that ends offers none',
    'svc app=web 80>http ; pod a app=web @n1 10.0.0.1 init http=9090:',
    ['IPv4 | 10.0.0.1 ready'],
    ['a PORT_NAME_NOT_FOUND without 80 PORT_NAME_NOT_FOUND'],
  ],
  ['an ExternalName service has none', 'svc app=web 80>8080 ExternalName ; pod a app=web @n1 10.0.0.1', [], []],
  ['a service without a selector has none', 'svc 80>8080 selectorless ; pod a app=web @n1 10.0.0.1', [], []],
];

/** Ours: nobody writes down whom a selector nearly meets. */
const NEAR_MISSES: readonly Row[] = [
  [
    'nothing selected: one label differs',
    'svc app=web tier=front 80>8080 ; pod a app=web tier=back @n1 10.0.0.1',
    ['IPv4 |'],
    ['a SELECTOR_NEAR_MISS'],
  ],
  [
    'nothing selected: one label is missing',
    'svc app=web tier=front 80>8080 ; pod a tier=front @n1 10.0.0.1',
    ['IPv4 |'],
    ['a SELECTOR_NEAR_MISS'],
  ],
  ['two labels differ: no near miss', 'svc app=web tier=front 80>8080 ; pod a app=db tier=back @n1 10.0.0.1', ['IPv4 |'], []],
  [
    'one label in all: only a misspelling counts',
    'svc app=web 80>8080 ; pod a app=wbe @n1 10.0.0.1 ; pod b app=db @n1 10.0.0.2',
    ['IPv4 |'],
    ['a SELECTOR_NEAR_MISS'],
  ],
  [
    'capitals and separators are misspellings',
    'svc app=my-web 80>8080 ; pod a app=MyWeb @n1 10.0.0.1',
    ['IPv4 |'],
    ['a SELECTOR_NEAR_MISS'],
  ],
  ['numbers are none', 'svc app=web-1 80>8080 ; pod a app=web-2 @n1 10.0.0.1', ['IPv4 |'], []],
  [
    'something selected: the other parts of a release are no near misses, a misspelling and a missing label are; they come last',
    'svc release=x app=web 80>8080 ; pod a release=x app=db @n1 10.0.0.1 ; pod b release=x app=wep @n1 10.0.0.2 ; pod c release=x @n1 10.0.0.3 ; pod d release=x app=web @n1 10.0.0.4',
    ['IPv4 8080/TCP | 10.0.0.4 ready'],
    ['d READY', 'b SELECTOR_NEAR_MISS', 'c SELECTOR_NEAR_MISS'],
  ],
];

describe.each([
  ['inclusion', INCLUSION],
  ['ports', PORTS],
  ['families', FAMILIES],
  ['extras', EXTRAS],
  ['near misses', NEAR_MISSES],
] as const)('derived endpoints: %s', (_, rows) => {
  it.each(rows)('%s', (_what, cluster, slices, candidates) => {
    const model = modelOf(endpointCluster(cluster));
    expect(serviceOf(model).endpoints.slices.map(sliceLine)).toEqual(slices);
    expect(candidateLines(model)).toEqual(candidates);
  });
});

describe('slices', () => {
  it('hold at most a hundred endpoints (kube-controller-manager `--max-endpoints-per-slice`)', () => {
    const pods = Array.from({ length: 250 }, (_, index) => `pod p${index} app=web @n1 10.0.${index >> 7}.${index & 127}`);
    const { slices } = serviceOf(modelOf(endpointCluster([SVC, ...pods].join('\n')))).endpoints;
    expect(slices.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
    expect(new Set(slices.map(({ ref }) => ref.name)).size).toBe(3);
  });

  it('carry the labels of their service with the reserved ones overridden (`setEndpointSliceLabels`)', () => {
    const labels = (cluster: string) => serviceOf(modelOf(endpointCluster(cluster))).endpoints.slices[0]?.labels;
    const reserved = { 'kubernetes.io/service-name': 's', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
    expect(labels(SVC)).toEqual({ team: 'x', ...reserved });
    expect(labels('svc app=web headless')).toEqual({ team: 'x', ...reserved, 'service.kubernetes.io/headless': '' });
  });

  /**
   * `topologycache/utils.go`, getGivingAndReceivingZones: of 17 endpoints z1 should have 6.8 and has 8, the others should have 3.4 each and have 3. No zone lacks
   * half an endpoint, so none is given away though z1 has more than one too many.
   */
  it('hint everybody to the own zone while no zone lacks half an endpoint', () => {
    const nodes = ['node n1 z1 8cpu', 'node n2 z2 4cpu', 'node n3 z3 4cpu', 'node n4 z4 4cpu'];
    const homes = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4];
    const pods = homes.map((home, index) => `pod p${index} app=web @n${home} 10.0.0.${index + 1}`);
    const { slices } = serviceOf(modelOf(endpointCluster(['svc app=web 80>8080 Auto', ...nodes, ...pods].join(';')))).endpoints;
    const hinted = slices.flatMap(({ endpoints }) => endpoints.map(({ zone, zoneHints }) => [zone, ...zoneHints]));
    expect(hinted).toHaveLength(17);
    expect(hinted.filter(([zone, hint]) => zone !== hint)).toEqual([]);
  });

  it('name pod, node and zone', () => {
    const { slices } = serviceOf(modelOf(endpointCluster('svc app=web 80>8080 ; node n1 z1 ; pod a app=web @n1 10.0.0.1'))).endpoints;
    expect(slices[0]?.endpoints[0]).toMatchObject({ nodeName: 'n1', zone: 'z1', targetRef: { kind: 'Pod', namespace: 't', name: 'a' } });
  });

  it('name no zone, and hint to none, where the label of the node is empty (`podToEndpoint`)', () => {
    const unzoned = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': '' } },
    };
    const objects = endpointCluster('svc app=web 80>8080 PreferClose ; pod a app=web @n1 10.0.0.1');
    const [slice] = serviceOf(modelOf([...objects, unzoned])).endpoints.slices;
    expect(slice?.endpoints[0]).toMatchObject({ nodeName: 'n1', zone: undefined, zoneHints: [] });
  });
});

interface SliceWords {
  readonly ready?: boolean;
  readonly pod?: string;
  readonly service?: string;
  readonly by?: string;
}

function slice(name: string, address: string, { ready = true, pod, service = 's', by }: SliceWords = {}): KubernetesObject {
  const managedBy = by === undefined ? {} : { 'endpointslice.kubernetes.io/managed-by': by };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 't', labels: { 'kubernetes.io/service-name': service, ...managedBy } },
    addressType: 'IPv4',
    ports: [{ port: 9999, protocol: 'TCP', name: '' }],
    endpoints: [
      {
        addresses: [address],
        conditions: { ready },
        ...(pod === undefined ? {} : { targetRef: { kind: 'Pod', namespace: 't', name: pod } }),
      },
    ],
  };
}

function legacy(subsets: KubernetesObject['x'], labels = {}, annotations = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 's', namespace: 't', labels, annotations }, subsets: subsets ?? [] };
}

const PORT_80 = [{ port: 80, protocol: 'TCP' }];

describe('imported slices', () => {
  it('count before what the pods would give, and tell what became of each pod', () => {
    const cluster = endpointCluster(`${SVC} ; pod a app=web @n1 10.0.0.1 ; pod b app=web @n1 10.0.0.2 ; pod c app=web @n1 10.0.0.3 Failed`);
    const model = modelOf([...cluster, slice('s-1', '10.0.0.9', { ready: false, pod: 'a' })]);
    const { endpoints } = serviceOf(model);
    expect(endpoints.source).toBe('observed-slices');
    expect(endpoints.slices.map(sliceLine)).toEqual(['IPv4 9999/TCP | 10.0.0.9 serving']);
    expect(endpoints.candidates.map(({ included, ready, reason }) => [included, ready, reason])).toEqual([
      [true, false, 'NOT_READY'],
      [false, false, 'NOT_READY'],
      [false, false, 'POD_TERMINAL_PHASE'],
    ]);
  });

  /** kubernetes/api `discovery/v1`: `managed-by` tells whose a slice is, and no controller touches another's. */
  it('that somebody else keeps stand beside those that follow from the pods', () => {
    const cluster = endpointCluster(`${SVC} ; pod a app=web @n1 10.0.0.1`);
    const { endpoints } = serviceOf(modelOf([...cluster, slice('mine', '192.0.2.9', { by: 'my-controller.example.com' })]));
    expect(endpoints.source).toBe('derived');
    expect(endpoints.slices.map(sliceLine)).toEqual(['IPv4 8080/TCP | 10.0.0.1 ready', 'IPv4 9999/TCP | 192.0.2.9 ready']);
  });

  it('that somebody else keeps are all there is where the selected pods were not imported', () => {
    const { endpoints } = serviceOf(modelOf([...endpointCluster(SVC), slice('mine', '192.0.2.9', { by: 'my-controller.example.com' })]));
    expect(endpoints.source).toBe('observed-slices');
    expect(endpoints.slices.map(sliceLine)).toEqual(['IPv4 9999/TCP | 192.0.2.9 ready']);
  });

  it('of no known service are kept apart', () => {
    const model = modelOf([...endpointCluster(SVC), slice('x', '10.0.0.1', { service: 'nobody' })]);
    expect(model.orphanSlices.map(({ ref }) => ref.name)).toEqual(['x']);
    expect(serviceOf(model).endpoints.source).toBe('derived');
  });
});

/** kubernetes `pkg/controller/endpointslicemirroring`. */
describe('imported Endpoints', () => {
  const SUBSETS = [
    { addresses: [{ ip: '192.0.2.1' }, { ip: 'fd00::1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: PORT_80 },
    { addresses: [{ ip: '192.0.2.2' }], ports: [{ port: 81, protocol: 'UDP', name: 'x' }] },
  ];
  const selectorless = endpointCluster('svc 80>80 selectorless');
  const named = (hostname: string) => ({ ip: '192.0.2.1', hostname });

  it('of a selectorless service become one slice a family and set of ports', () => {
    const { endpoints } = serviceOf(modelOf([...selectorless, legacy(SUBSETS)]));
    expect(endpoints.source).toBe('mirrored-endpoints');
    expect(endpoints.slices.map(sliceLine)).toEqual([
      'IPv4 80/TCP | 192.0.2.1 ready, 192.0.2.2 not ready',
      'IPv6 80/TCP | fd00::1 ready',
      'IPv4 x:81/UDP | 192.0.2.2 ready',
    ]);
    expect(endpoints.slices[0]?.labels['endpointslice.kubernetes.io/managed-by']).toBe('endpointslicemirroring-controller.k8s.io');
  });

  it.each([
    ['marked as not to be mirrored', legacy(SUBSETS, { 'endpointslice.kubernetes.io/skip-mirror': 'true' })],
    ['that carry a leader election', legacy(SUBSETS, {}, { 'control-plane.alpha.kubernetes.io/leader': '{}' })],
  ])('%s are left alone', (_, endpoints) => {
    expect(serviceOf(modelOf([...selectorless, endpoints])).endpoints).toEqual({ source: 'none', slices: [], candidates: [] });
  });

  it('hand their labels and annotations to the slices, but for those of their own (`utils.go`, newEndpointSlice)', () => {
    const annotations = { note: 'x', 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:00Z' };
    const headless = endpointCluster('svc 80>80 selectorless headless');
    const [first] = serviceOf(modelOf([...headless, legacy(SUBSETS, { team: 'y' }, annotations)])).endpoints.slices;
    expect(first?.labels).toEqual({
      team: 'y',
      'kubernetes.io/service-name': 's',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    });
    expect(first?.annotations).toEqual({ note: 'x' });
    expect(first?.owners.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Endpoints s']);
  });

  it('are mirrored up to a thousand addresses a subset (`--mirroring-max-endpoints-per-subset`)', () => {
    const addresses = Array.from({ length: 1_200 }, (_, index) => ({ ip: `10.1.${index >> 8}.${index & 255}` }));
    const { slices } = serviceOf(modelOf([...selectorless, legacy([{ addresses, ports: PORT_80 }])])).endpoints;
    expect(slices.map(({ endpoints }) => endpoints.length)).toEqual([1_000]);
  });

  it('of two subsets with the same ports in another order are one slice', () => {
    const [a, b] = [
      { name: 'a', port: 80, protocol: 'TCP' },
      { name: 'b', port: 81, protocol: 'TCP' },
    ];
    const subsets = [
      { addresses: [{ ip: '192.0.2.1' }], ports: [a, b] },
      { addresses: [{ ip: '192.0.2.2' }], ports: [b, a] },
    ];
    const { slices } = serviceOf(modelOf([...selectorless, legacy(subsets)])).endpoints;
    expect(slices.map(sliceLine)).toEqual(['IPv4 a:80/TCP b:81/TCP | 192.0.2.1 ready, 192.0.2.2 ready']);
  });

  it.each([
    ['under two names', [{ addresses: [named('a'), named('b')] }], '192.0.2.1 ready as a, 192.0.2.1 ready as b'],
    ['twice', [{ addresses: [{ ip: '192.0.2.1' }, { ip: '192.0.2.1' }] }], '192.0.2.1 ready'],
    ['both ready and not', [{ addresses: [named('a')], notReadyAddresses: [named('a')] }], '192.0.2.1 not ready as a'],
    ['not ready in a later subset', [{ addresses: [named('a')] }, { notReadyAddresses: [named('a')] }], '192.0.2.1 not ready as a'],
    ['ready in a later subset', [{ notReadyAddresses: [named('a')] }, { addresses: [named('a')] }], '192.0.2.1 ready as a'],
  ])('with an address %s (`util/endpointset.go`: the last one of an address, a name and an object counts)', (_, subsets, expected) => {
    const [found] = serviceOf(modelOf([...selectorless, legacy(subsets.map((subset) => ({ ...subset, ports: PORT_80 })))])).endpoints
      .slices;
    expect(found && sliceLine(found)).toBe(`IPv4 80/TCP | ${expected}`);
  });

  it('of a service with a selector count where no slice was imported: they were observed', () => {
    const cluster = endpointCluster(`${SVC} ; pod a app=web @n1 10.0.0.1`);
    expect(serviceOf(modelOf([...cluster, legacy(SUBSETS)])).endpoints.source).toBe('mirrored-endpoints');
    expect(serviceOf(modelOf([...cluster, legacy(SUBSETS), slice('s-1', '10.0.0.1')])).endpoints.source).toBe('observed-slices');
  });

  it('stand beside the user’s own slices', () => {
    const { slices } = serviceOf(modelOf([...selectorless, legacy(SUBSETS), slice('mine', '192.0.2.9')])).endpoints;
    expect(slices.map(sliceLine)).toContain('IPv4 9999/TCP | 192.0.2.9 ready');
    expect(slices.map(sliceLine)).toContain('IPv6 80/TCP | fd00::1 ready');
  });

  it('of the API server’s own service count though they are not mirrored', () => {
    const meta = { name: 'kubernetes', namespace: 'default' };
    const model = modelOf([
      { apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { ports: [{ port: 443, targetPort: 6443 }] } },
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { ...meta, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
        subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 6443 }] }],
      },
    ]);
    expect(model.services.get('default/kubernetes')?.endpoints.slices.map(sliceLine)).toEqual(['IPv4 6443/TCP | 192.0.2.1 ready']);
  });
});
