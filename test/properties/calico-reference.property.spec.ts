import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { connectivity } from '../../src/core/policy/connectivity.js';
import { POLICY_REASONS } from '../../src/core/policy/policy-reasons.js';
import { arbitraryCalicoCluster, calicoManifestsOf, calicoSettingsOf } from '../support/arbitrary-calico.js';
import { OUTSIDE, PORTS } from '../support/arbitrary-policies.js';
import { calicoVerdict, type ReferenceCalicoCluster } from '../support/calico-reference.js';
import { modelOf } from '../support/model.js';
import { askPolicy } from '../support/policy-cluster.js';
import type { ReferencePeer } from '../support/policy-reference.js';
import { finished } from '../../src/core/kernel/steps.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

function modelIn(cluster: ReferenceCalicoCluster): NetworkModel {
  return modelOf(calicoManifestsOf(cluster), calicoSettingsOf(cluster));
}

/** Pods and addresses outside, by the names by which they are asked for. */
function peersOf({ pods }: ReferenceCalicoCluster): readonly (readonly [string, ReferencePeer])[] {
  return [...pods.map((pod) => [`pod/${pod.namespace}/${pod.name}`, pod] as const), ...OUTSIDE.map((ip) => [`ip/${ip}`, { ip }] as const)];
}

describe('policies of Calico on random clusters', () => {
  it('INV-POL-1 say in both directions what a second, independent evaluator says', () => {
    assert(
      property(arbitraryCalicoCluster, integer({ min: 0, max: 1_000_000 }), (cluster, from) => {
        const model = modelIn(cluster);
        const peers = peersOf(cluster);
        peers.forEach(([sender, source], i) => {
          peers.forEach(([receiver, destination], j) => {
            const protocol = PROTOCOLS[(from + i + j) % 3] ?? 'TCP';
            const port = PORTS[(from + 3 * i + j) % PORTS.length] ?? 80;
            const { result } = askPolicy(model, `${sender} -> ${receiver}:${port} ${protocol}`);
            const actual = { egress: result.egress.allowed, ingress: result.ingress.allowed };
            const expected = calicoVerdict(cluster, { source, destination, protocol, port });
            expect(actual, `${sender} -> ${receiver}:${port} ${protocol}`).toEqual(expected);
          });
        });
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('INV-POL-2, INV-POL-3 do not depend on the order of the objects, and give only reasons of the list', () => {
    assert(
      property(arbitraryCalicoCluster, (cluster) => {
        const answer = askPolicy(modelIn(cluster), 'any -> any:80 TCP');
        const { evidence, result } = answer;
        const turned = modelOf(calicoManifestsOf(cluster).toReversed(), calicoSettingsOf(cluster));
        expect(askPolicy(turned, 'any -> any:80 TCP').summary).toEqual(answer.summary);
        for (const { reason, parent, id } of evidence) {
          expect(POLICY_REASONS).toHaveProperty(reason);
          expect(parent === null || parent < id).toBe(true);
        }
        for (const { reason } of result.nearMisses) expect(POLICY_REASONS).toHaveProperty(reason);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('INV-POL-5 list for two pods just what policy-verdict allows between them', () => {
    assert(
      property(arbitraryCalicoCluster, (cluster) => {
        const model = modelIn(cluster);
        const everything = { from: undefined, to: undefined, protocol: undefined, port: undefined, external: true } as const;
        const answer = finished(connectivity(model, { ...everything, level: 'pod', format: 'table' }));
        if (!answer.ok) throw new Error(answer.error.message);
        const rows = new Map(answer.value.result.connections.map((row) => [`${row.from} -> ${row.to}`, row.connection]));
        for (const source of cluster.pods) {
          for (const destination of cluster.pods) {
            if (source === destination) continue;
            const [from, to] = [`${source.namespace}/${source.name}`, `${destination.namespace}/${destination.name}`];
            const { connection } = askPolicy(model, `pod/${from} -> pod/${to}`).result;
            const expected = connection === 'No Connections' ? undefined : connection;
            expect(rows.get(`Pod ${from} -> Pod ${to}`), `${from} -> ${to}`).toBe(expected);
          }
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
