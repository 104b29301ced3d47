import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { Comparison } from '../../src/core/policy/compare-result.js';
import { arbitraryCalicoCluster, arbitraryHostCluster, calicoManifestsOf, calicoSettingsOf } from '../support/arbitrary-calico.js';
import { arbitraryCiliumCluster, ciliumManifestsOf, ciliumSettingsOf } from '../support/arbitrary-cilium.js';
import { OUTSIDE, PORTS } from '../support/arbitrary-policies.js';
import { arrives, type PolicyKind } from '../support/calico-host-reference.js';
import { calicoVerdict, type ReferenceCalicoPolicy } from '../support/calico-reference.js';
import { ciliumVerdict } from '../support/cilium-reference.js';
import { modelOf } from '../support/model.js';
import { compare } from '../support/policy-compare.js';
import type { ReferencePeer, ReferencePod } from '../support/policy-reference.js';

type Verdict = { readonly egress: boolean; readonly ingress: boolean };
type Judge = (source: ReferencePeer, destination: ReferencePeer, protocol: string, port: number) => Verdict;

const isA = (position: number) => position % 2 === 0;
const isB = (position: number) => position % 2 === 1;

/** Every connection between two pods, or between a pod and an address outside, allowed or not. */
function allowed(pods: readonly ReferencePod[], judge: Judge): readonly boolean[] {
  const outside = OUTSIDE.filter((ip) => !ip.startsWith('192.168.1.'));
  const peers: readonly ReferencePeer[] = [...pods, ...outside.map((ip) => ({ ip }))];
  return peers.flatMap((source) =>
    peers
      .filter((destination) => source !== destination && ('name' in source || 'name' in destination))
      .flatMap((destination) =>
        ['TCP', 'UDP', 'SCTP'].flatMap((protocol) =>
          PORTS.map((port) => {
            const { egress, ingress } = judge(source, destination, protocol, port);
            return egress && ingress;
          }),
        ),
      ),
  );
}

/** How many of both comparisons were made, after whatever the second evaluator sees was found in them. */
function expectSeen(model: NetworkModel, names: readonly string[], byA: readonly boolean[], byB: readonly boolean[]): number {
  const { result } = compare(
    model,
    names.filter((_, position) => isA(position)),
    names.filter((_, position) => isB(position)),
  );
  const sees = ({ relation }: Comparison) => ({
    a: relation !== 'EQUAL' && relation !== 'CONTAINED',
    b: relation !== 'EQUAL' && relation !== 'CONTAINING',
  });
  const comparisons = [result.cluster, result.possible].filter((one) => one !== null);
  for (const comparison of comparisons) {
    if (byA.some((yes, position) => yes && byB[position] === false)) expect(sees(comparison).a, 'a').toBe(true);
    if (byB.some((yes, position) => yes && byA[position] === false)) expect(sees(comparison).b, 'b').toBe(true);
  }
  return comparisons.length;
}

const KINDS: readonly PolicyKind[] = ['normal', 'forward', 'pre-dnat', 'untracked'];

/** The policy of all namespaces, about some packets; pre-DNAT ones have no egress rules. */
function asKind(policy: ReferenceCalicoPolicy, kind: PolicyKind, compared: readonly PolicyKind[]): ReferenceCalicoPolicy {
  const global = { ...policy, namespace: undefined, kind };
  return compared.includes('pre-dnat') ? { ...global, egress: [], types: ['Ingress'] } : global;
}

describe('INV-POL-10 policy-compare finds every difference that a second evaluator sees, over the cluster and over all that there could be', () => {
  it('of policies of Calico', () => {
    let both = 0;
    assert(
      property(arbitraryCalicoCluster, (cluster) => {
        const by = (keeps: (position: number) => boolean) =>
          allowed(cluster.pods, (source, destination, protocol, port) =>
            calicoVerdict(
              { ...cluster, policies: cluster.policies.filter((_, position) => keeps(position)) },
              { source, destination, protocol, port },
            ),
          );
        const names = cluster.policies.map(({ namespace, tier }, position) => {
          const name = tier === 'default' ? `policy-${position}` : `${tier}.policy-${position}`;
          return namespace === undefined ? name : `${namespace}/${name}`;
        });
        both += expectSeen(modelOf(calicoManifestsOf(cluster), calicoSettingsOf(cluster)), names, by(isA), by(isB));
      }),
      { numRuns: 25 },
    );
    expect(both).toBeGreaterThan(30);
  }, 240_000);

  it('of policies of Calico about packets that pass nodes', () => {
    let both = 0;
    let differing = 0;
    assert(
      property(arbitraryHostCluster, constantFrom(...KINDS), constantFrom(...KINDS), (cluster, ofA, ofB) => {
        const [one] = cluster.policies;
        // Two policies that differ by the packets that they are about, so that nothing else tells them apart.
        const policies = one ? [asKind(one, ofA, [ofA, ofB]), asKind(one, ofB, [ofA, ofB])] : [];
        const by = (position: number) => {
          const kept = { ...cluster, policies: policies.slice(position, position + 1) };
          return allowed(cluster.pods, (source, destination, protocol, port) => {
            const yes = arrives(kept, { source, destination, protocol, port });
            return { egress: yes, ingress: yes };
          });
        };
        const [byA, byB] = [by(0), by(1)];
        const names = policies.map(({ tier }, position) => (tier === 'default' ? `policy-${position}` : `${tier}.policy-${position}`));
        const asked = { ...cluster, policies };
        both += expectSeen(modelOf(calicoManifestsOf(asked), calicoSettingsOf(asked)), names, byA, byB);
        if (byA.some((yes, position) => yes !== byB[position])) differing++;
      }),
      { numRuns: 25 },
    );
    expect(both).toBeGreaterThan(30);
    expect(differing).toBeGreaterThan(1);
  }, 240_000);

  it('of policies of Cilium', () => {
    let both = 0;
    assert(
      property(arbitraryCiliumCluster, (cluster) => {
        const pods = cluster.pods.filter(({ hostNetwork }) => !hostNetwork);
        const by = (keeps: (position: number) => boolean) =>
          allowed(pods, (source, destination, protocol, port) =>
            ciliumVerdict(
              { ...cluster, policies: [], ciliumPolicies: cluster.ciliumPolicies.filter((_, position) => keeps(position)) },
              source,
              destination,
              protocol,
              port,
            ),
          );
        const names = cluster.ciliumPolicies.map(({ namespace }, position) =>
          namespace === undefined ? `policy-${position}` : `${namespace}/policy-${position}`,
        );
        both += expectSeen(modelOf(ciliumManifestsOf({ ...cluster, policies: [] }), ciliumSettingsOf(cluster)), names, by(isA), by(isB));
      }),
      { numRuns: 25 },
    );
    expect(both).toBeGreaterThan(30);
  }, 240_000);
});
