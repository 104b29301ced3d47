import { describe, expect, it } from 'vitest';
import { balanced as service, ciliumPool, metalLbPool, served, servedTo } from '../../../test/support/balanced-cluster.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const NODE_CLASS = { loadBalancerClass: 'io.cilium/node' };
const node = (
  name: string,
  addresses: readonly (readonly [string, string])[],
  more: { metadata?: object; spec?: object } = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...more.metadata },
  spec: { ...more.spec },
  status: { addresses: addresses.map(([type, address]) => ({ type, address })) },
});
const slice = (name: string, ...nodes: readonly (readonly [string, boolean])[]): KubernetesObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints: nodes.map(([nodeName, ready], index) => ({ addresses: [`10.9.0.${index + 1}`], nodeName, conditions: { ready } })),
  ports: [{ port: 80 }],
});
const local = (...ipFamilies: readonly string[]) => ({
  spec: {
    ...NODE_CLASS,
    ipFamilies,
    externalTrafficPolicy: 'Local',
    ...(ipFamilies.length > 1 ? { ipFamilyPolicy: 'RequireDualStack' } : {}),
  },
});

const NODES = [
  node('node-1', [
    ['InternalIP', '10.0.0.1'],
    ['ExternalIP', '2001::1'],
  ]),
  node('node-2', [
    ['InternalIP', 'fc00::2'],
    ['ExternalIP', '42.0.0.2'],
  ]),
  node('node-3', [
    ['ExternalIP', '2001::3'],
    ['ExternalIP', '42.0.0.3'],
  ]),
  node('node-4-excluded', [['ExternalIP', '42.0.0.4']], {
    metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['myfinalizer'] },
  }),
  node('node-5-excluded', [['ExternalIP', '42.0.0.5']], {
    metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
  }),
  node('node-6-excluded', [['ExternalIP', '42.0.0.6']], {
    spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] },
  }),
];
const BOTH = [
  ['node-1', true],
  ['node-2', true],
] as const;

/** cilium/cilium `operator/pkg/nodeipam/nodesvclb_test.go`, rows by the names of their services. */
describe('node IPAM of Cilium', () => {
  it.each<[string, readonly KubernetesObject[], string]>([
    ['ipv4-internal', [service('s', local('IPv4')), slice('s', ['node-1', true], ['node-2', false])], 's: EXPECTED 10.0.0.1'],
    ['ipv4-external', [service('s', local('IPv4')), slice('s', ...BOTH)], 's: EXPECTED 42.0.0.2'],
    ['ipv6-internal', [service('s', local('IPv6')), slice('s', ['node-2', true])], 's: EXPECTED fc00::2'],
    ['ipv6-external', [service('s', local('IPv6')), slice('s', ...BOTH)], 's: EXPECTED 2001::1'],
    [
      'dualstack-external',
      [service('s', local('IPv4', 'IPv6')), slice('s', ...BOTH, ['does-not-exist', true])],
      's: EXPECTED 2001::1 42.0.0.2',
    ],
    ['etp-cluster', [service('s', { spec: { ...NODE_CLASS, ipFamilies: ['IPv4'] } })], 's: EXPECTED 42.0.0.2 42.0.0.3'],
    ['not-supported-1', [service('s', { has: ['100.100.100.100'] })], 's: ASSIGNED 100.100.100.100'],
  ])('%s', (_, objects, expected) => {
    expect(served([...NODES, ...objects])).toEqual([expected]);
  });

  it('default-ipam', () => {
    const asked = service('s', { spec: { ipFamilies: ['IPv4'] } });
    expect(served([...NODES, asked], { loadBalancers: { ciliumDefault: 'nodeipam' } })).toEqual(['s: EXPECTED 42.0.0.2 42.0.0.3']);
    const config: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cilium-config', namespace: 'kube-system' },
      data: { 'default-lb-service-ipam': 'nodeipam' },
    };
    expect(served([...NODES, config, asked], {})).toEqual(['s: EXPECTED 42.0.0.2 42.0.0.3']);
  });

  const LABELLED = [
    node('node-1', [['InternalIP', '10.0.0.1']], { metadata: { labels: { 'ingress-ready': 'true', all: 'true', group: 'first' } } }),
    node('node-2', [['InternalIP', '10.0.0.2']], { metadata: { labels: { all: 'true', group: 'notfirst', 'test/label': 'is-good' } } }),
    node('node-3', [['InternalIP', '10.0.0.3']], { metadata: { labels: { all: 'true', group: 'notfirst' } } }),
  ];

  it.each<[string, string]>([
    ['all=true', 's: EXPECTED 10.0.0.1 10.0.0.2 10.0.0.3'],
    ['ingress-ready=true', 's: EXPECTED 10.0.0.1'],
    ['group=notfirst', 's: EXPECTED 10.0.0.2 10.0.0.3'],
    ['group notin (first),test/label=is-good', 's: EXPECTED 10.0.0.2'],
    ['no=such', 's: PENDING BALANCER_NO_NODE'],
    ['!$%&*', 's: PENDING BALANCER_REQUEST'],
  ])('Node Label Filter: %s', (text, expected) => {
    const annotations = { 'io.cilium.nodeipam/match-node-labels': text };
    expect(served([...LABELLED, service('s', { annotations, spec: { ...NODE_CLASS, ipFamilies: ['IPv4'] } })])).toEqual([expected]);
  });
});

describe('who serves a service', () => {
  const CILIUM = ciliumPool('c', ['10.0.10.0/24']);
  const METALLB = metalLbPool('m', ['10.0.20.0/24']);

  // cilium/cilium `operator/pkg/lbipam/lbipam.go`, isResponsibleForSVC: without a class it is the default's matter.
  it.each([
    ['lbipam', 's: EXPECTED 10.0.10.0'],
    ['none', 's: EXPECTED 10.0.20.0'],
  ] as const)('default-lb-service-ipam %s', (ciliumDefault, expected) => {
    expect(served([CILIUM, METALLB, service('s')], { ipFamilies: ['IPv4'], loadBalancers: { ciliumDefault } })).toEqual([expected]);
  });

  it('says so where several would', () => {
    const { assumptions } = servedTo('s', [CILIUM, METALLB, service('s')]);
    expect(assumptions).toEqual([
      { code: 'SEVERAL_BALANCERS', message: 'Cilium and MetalLB would give it addresses: it is taken to be Cilium’s' },
    ]);
  });

  // cloudnativelabs/kube-router `pkg/controllers/lballoc/lballoc_test.go`, TestCheckClass: its own class, and others as the default.
  it.each<[plugin: 'kube-router' | 'flannel', loadBalancerClass: string | undefined, told: boolean]>([
    ['kube-router', undefined, true],
    ['kube-router', 'default', true],
    ['kube-router', 'kube-router', true],
    ['kube-router', 'falafel', false],
    ['flannel', 'kube-router', true],
    ['flannel', undefined, false],
  ])('with %s and the class %s kube-router may: %s', (plugin, loadBalancerClass, told) => {
    const { verdict, warnings } = servedTo('s', [service('s', { spec: { loadBalancerClass } })], { cni: { plugin } });
    expect([verdict, warnings.map(({ code }) => code)]).toEqual(['UNKNOWN', told ? ['BALANCER_UNSUPPORTED'] : []]);
  });

  // metallb/metallb `internal/k8s/controllers/service_controller.go`, filterByLoadBalancerClass.
  it('MetalLB with --lb-class serves that class alone', () => {
    const controller: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'controller', namespace: 'metallb-system' },
      spec: {
        selector: { matchLabels: { app: 'metallb' } },
        template: {
          metadata: { labels: { app: 'metallb' } },
          spec: {
            containers: [
              { name: 'controller', image: 'quay.io/metallb/controller:v0.15.2', args: ['--port=7472', '--lb-class=example.org/metal'] },
            ],
          },
        },
      },
    };
    const classed = service('b', { spec: { loadBalancerClass: 'example.org/metal' } });
    expect(served([METALLB, controller, service('a'), classed], { ipFamilies: ['IPv4'] })).toEqual(['a: UNKNOWN', 'b: EXPECTED 10.0.20.0']);
    expect(served([METALLB, service('a'), classed], { ipFamilies: ['IPv4'] })).toEqual(['a: EXPECTED 10.0.20.0', 'b: UNKNOWN']);
  });
});
