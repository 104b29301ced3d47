import { describe, expect, it } from 'vitest';
import { policyCluster } from '../../../../test/support/policy-cluster.js';
import type { JsonObject } from '../../kernel/json.js';
import type { NetworkModel } from '../../model/network-model.js';
import { judgePeer, peerMatches } from './judge-peer.js';
import { PeerFinder } from './peer-finder.js';
import { layersAt } from './layers-at.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import { PolicyIndex } from './policy-index.js';

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const CLUSTER = `
  ns shop team=a
  ns ops team=b
  node n1 192.168.0.1 role=worker
  shop/web app=web tier=front @10.0.0.1
  shop/api app=api @10.0.0.7
  shop/bare x=y
  ops/web app=web @10.0.1.1
  ops/tool app=tool host on n1 @192.168.0.1`;
const SETTINGS = { policy: { ipBlockMatchesPods: true, networksMatchPods: true, ipBlockMatchesNodes: true } } as const;

const pods = (podSelector?: JsonObject, namespaceSelector?: JsonObject): JsonObject => ({
  ...(podSelector && { podSelector }),
  ...(namespaceSelector && { namespaceSelector }),
});
const equal = (key: string, value: string): JsonObject => ({ matchLabels: { [key]: value } });
const expression = (key: string, operator: string, ...values: string[]): JsonObject => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

/** Peers of every sort that a rule can have, of which each endpoint of the cluster matches some. */
const PEERS: readonly JsonObject[] = [
  pods(equal('app', 'web')),
  pods(equal('app', 'web'), equal('team', 'b')),
  pods(undefined, equal('team', 'b')),
  pods(expression('app', 'In', 'api', 'tool'), {}),
  pods(expression('app', 'NotIn', 'web')),
  pods(expression('tier', 'Exists'), expression('team', 'NotIn', 'b')),
  pods(expression('app', 'DoesNotExist')),
  { ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.7/32'] } },
  { ipBlock: { cidr: '192.168.0.0/16' } },
  { ipBlock: { cidr: '203.0.113.0/24' } },
];
const NOBODY = numbers(30).map((number) => pods(equal('app', `none${number}`)));

/** Pods, nodes, and addresses inside and outside of the blocks. */
function everybody(model: NetworkModel, index: PolicyIndex): readonly PolicyEndpoint[] {
  const addresses = [0xcb007105n, 0x0a000007n, 0x0a000001n, 0x01010101n].map((first) =>
    index.classOfRange({ family: 4, first, last: first }),
  );
  const nodes = [...model.nodes.values()].flatMap((node) => index.classesOfNode(node));
  return [...model.pods.flatMap((pod) => index.classesOf(pod)), ...nodes, ...addresses].map(({ endpoint }) => endpoint);
}

describe('the peers of a long rule', () => {
  // "This field … if this field is present and contains at least one item": any of the peers is enough (networking/v1 types.go).
  it('admit whom one of them matches by itself, and nobody else', () => {
    const spec = { podSelector: {}, ingress: [{ from: [...NOBODY, ...PEERS] }] };
    const model = policyCluster(CLUSTER, { 'shop/long': spec }, SETTINGS);
    const index = PolicyIndex.of(model);
    const [policy] = model.networkPolicies;
    const { peers } = policy!.ingress[0]!;
    const subject = index.classesOf(model.podByKey.get('shop/web')!)[0]!.endpoint;
    if (subject.kind !== 'pod') throw new Error('no pod');
    const [rule] = layersAt(index, 'ingress', subject)[0]!.rules;
    const finder = PeerFinder.of(peers);
    const matched = new Set<unknown>();
    for (const endpoint of everybody(model, index)) {
      const matching = peers.filter((peer) => peerMatches(judgePeer(index.settings, 'shop', peer, endpoint)));
      for (const peer of matching) matched.add(peer);
      expect(rule!.admits(endpoint)).toBe(matching.length > 0);
      expect([...finder!.candidates(endpoint)]).toEqual(expect.arrayContaining(matching));
    }
    expect(matched.size).toBe(PEERS.length);
  });

  it('are looked for, not asked one by one', () => {
    const spec = { podSelector: {}, ingress: [{ from: [...NOBODY, ...PEERS] }] };
    const model = policyCluster(CLUSTER, { 'shop/long': spec }, SETTINGS);
    const finder = PeerFinder.of(model.networkPolicies[0]!.ingress[0]!.peers)!;
    for (const endpoint of everybody(model, PolicyIndex.of(model))) expect([...finder.candidates(endpoint)].length).toBeLessThan(10);
  });

  it('are asked one by one where they are few', () => {
    const model = policyCluster(CLUSTER, { 'shop/short': { podSelector: {}, ingress: [{ from: PEERS.slice(0, 8) }] } });
    expect(PeerFinder.of(model.networkPolicies[0]!.ingress[0]!.peers)).toBeUndefined();
  });

  // "Peers … matched by any of these" (network-policy-api v1alpha1, AdminNetworkPolicyEgressRule.To): nodes and networks stand among them.
  it('of a policy of the cluster may be nodes and networks', () => {
    const to = [
      ...numbers(20).map((number) => ({ networks: [`198.51.${number}.0/24`, `198.52.${number}.0/24`] })),
      { networks: ['203.0.113.0/24', '10.0.0.0/30'] },
      { nodes: equal('role', 'worker') },
      { pods: { namespaceSelector: equal('team', 'b'), podSelector: equal('app', 'web') } },
    ];
    const spec = { priority: 1, subject: { namespaces: {} }, egress: [{ action: 'Allow', to }] };
    const model = policyCluster(CLUSTER, { 'anp long': spec }, { ...SETTINGS, cni: { plugin: 'ovn-kubernetes' } });
    const index = PolicyIndex.of(model);
    const { peers } = model.clusterPolicies[0]!.egress[0]!;
    const finder = PeerFinder.of(peers)!;
    const matched = new Set<unknown>();
    for (const endpoint of everybody(model, index)) {
      const matching = peers.filter((peer) => peerMatches(judgePeer(index.settings, '', peer, endpoint)));
      for (const peer of matching) matched.add(peer);
      expect([...finder.candidates(endpoint)]).toEqual(expect.arrayContaining(matching));
    }
    expect(matched.size).toBe(3);
  });
});
