import { describe, expect, it } from 'vitest';
import { policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { podPolicies } from './pod-policies.js';
import { policyPods } from './policy-pods.js';

const SETTINGS = { cni: { plugin: 'cilium' }, policy: { cilium: { hostPolicies: true } } };
const CLUSTER = `
  ns shop team=a
  node w 192.168.0.1 type=worker
  shop/web app=web on w
  shop/webb app=webb on w
  shop/agent app=agent host on w @192.168.0.1
  ops/web app=web on w`;
const POLICIES: PolicySpecs = {
  'ciliumnp shop/web': {
    endpointSelector: { matchLabels: { app: 'web' } },
    ingress: [
      { fromEntities: ['cluster'], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ path: '/api' }] } }] },
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }], icmps: [{ fields: [{ type: 8 }] }] },
      {},
    ],
    ingressDeny: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'ops', app: 'web' } }] }],
  },
  'ccnp everywhere': {
    endpointSelector: {},
    egress: [{ toFQDNs: [{ matchPattern: '*.example.com' }], toPorts: [{ ports: [{ port: '443' }] }] }],
    enableDefaultDeny: { egress: false },
  },
  'ccnp hosts': {
    nodeSelector: { matchLabels: { type: 'worker' } },
    ingress: [{ toPorts: [{ ports: [{ port: '22', protocol: 'TCP' }] }] }],
  },
};
const model = () => policyCluster(CLUSTER, POLICIES, SETTINGS);

function policiesOf(name: string, of: NetworkModel = model()) {
  return finished(podPolicies(of, of.podByKey.get(name)!));
}

describe('the policies of Cilium that select a pod', () => {
  it('each with its subject, its default-deny and its rules in words', () => {
    const { verdict, summary, result } = policiesOf('shop/web');
    expect(verdict).toBe('INGRESS_ISOLATED');
    expect(summary).toBe(
      'shop/web: INGRESS_ISOLATED – selected by CiliumNetworkPolicy shop/web, CiliumClusterwideNetworkPolicy everywhere',
    );
    expect(result.ciliumPolicies).toEqual([
      {
        kind: 'CiliumNetworkPolicy',
        namespace: 'shop',
        name: 'web',
        subject: 'endpoints `app=web` of namespace shop',
        ingress: true,
        egress: false,
        ingressRules: [
          'Deny from endpoints `app=web` of namespace ops, every port',
          'from the entity cluster, TCP 80, only HTTP requests that match `/api`',
          'from 10.0.0.0/8 without 10.1.0.0/16, ICMP type 8',
          'from nobody, every port',
        ],
        egressRules: [],
      },
      {
        kind: 'CiliumClusterwideNetworkPolicy',
        namespace: null,
        name: 'everywhere',
        subject: 'all endpoints',
        ingress: false,
        egress: false,
        ingressRules: [],
        egressRules: ['to the addresses of *.example.com, TCP, UDP, SCTP 443'],
      },
    ]);
  });

  it('a pod on the host network has those of its node', () => {
    const { verdict, result } = policiesOf('shop/agent');
    expect([verdict, result.ciliumPolicies.map(({ name, subject }) => [name, subject])]).toEqual([
      'INGRESS_ISOLATED',
      [['hosts', 'nodes `type=worker`']],
    ]);
  });

  it('with `enable-policy: always` a pod is isolated without any', () => {
    const always = policyCluster(CLUSTER, {}, { cni: { plugin: 'cilium' }, policy: { cilium: { mode: 'always' } } });
    expect(policiesOf('shop/web', always).verdict).toBe('ISOLATED');
  });
});

describe('the pods that a policy of Cilium selects', () => {
  const pods = (name: string) => {
    const of = model();
    const { verdict, result } = finished(
      policyPods(
        of,
        of.ciliumPolicies.find(({ ref }) => ref.name === name)!,
      ),
    );
    return [verdict, result.policy, result.pods.map(({ pod }) => pod), result.nearMisses.map(({ pod }) => pod)];
  };
  it.each([
    ['web', ['SELECTS', 'CiliumNetworkPolicy/shop/web', ['shop/web'], ['shop/webb']]],
    ['everywhere', ['SELECTS', 'CiliumClusterwideNetworkPolicy/everywhere', ['ops/web', 'shop/web', 'shop/webb'], []]],
    ['hosts', ['SELECTS', 'CiliumClusterwideNetworkPolicy/hosts', ['shop/agent'], []]],
  ])('%s', (name, expected) => {
    expect(pods(name)).toEqual(expected);
  });
});
