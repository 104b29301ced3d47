import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { connectivity } from '../../src/core/policy/connectivity.js';
import { POLICY_REASONS } from '../../src/core/policy/policy-reasons.js';
import { arbitraryCiliumCluster, ciliumManifestsOf, ciliumSettingsOf } from '../support/arbitrary-cilium.js';
import { OUTSIDE, PORTS } from '../support/arbitrary-policies.js';
import { type ReferenceCiliumCluster, type ReferenceNode, ciliumVerdict } from '../support/cilium-reference.js';
import { modelOf } from '../support/model.js';
import { askPolicy } from '../support/policy-cluster.js';
import type { ReferencePeer } from '../support/policy-reference.js';
import { finished } from '../../src/core/kernel/steps.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

function modelIn(cluster: ReferenceCiliumCluster): NetworkModel {
  return modelOf(ciliumManifestsOf(cluster), ciliumSettingsOf(cluster));
}

/** Pods, nodes, and addresses outside, by the names by which they are asked for. */
function peersOf(cluster: ReferenceCiliumCluster): readonly (readonly [string, ReferencePeer | ReferenceNode])[] {
  const outside = OUTSIDE.filter((ip) => !ip.startsWith('192.168.1.'));
  return [
    ...cluster.pods.map((pod) => [`pod/${pod.namespace}/${pod.name}`, pod] as const),
    ...Object.entries(cluster.nodes).map(([node, { ip }]) => [`node/${node}`, { node, ip }] as const),
    ...outside.map((ip) => [`ip/${ip}`, { ip }] as const),
  ];
}

describe('policies of Cilium on random clusters', () => {
  it('INV-POL-1 say in both directions what a second, independent evaluator says', () => {
    assert(
      property(arbitraryCiliumCluster, integer({ min: 0, max: 1_000_000 }), (cluster, from) => {
        const model = modelIn(cluster);
        const peers = peersOf(cluster);
        peers.forEach(([source, sender], i) => {
          peers.forEach(([destination, receiver], j) => {
            const protocol = PROTOCOLS[(from + i + j) % 3] ?? 'TCP';
            const port = PORTS[(from + 3 * i + j) % PORTS.length] ?? 80;
            const { result } = askPolicy(model, `${source} -> ${destination}:${port} ${protocol}`);
            const expected = ciliumVerdict(cluster, sender, receiver, protocol, port);
            const actual = { egress: result.egress.allowed, ingress: result.ingress.allowed };
            expect(actual, `${source} -> ${destination}:${port} ${protocol}`).toEqual(expected);
          });
        });
      }),
      { numRuns: 200 },
    );
  }, 240_000);

  it('INV-POL-3 give only reasons of the list, and parents that stand before their children', () => {
    assert(
      property(arbitraryCiliumCluster, (cluster) => {
        const { evidence, result } = askPolicy(modelIn(cluster), 'any -> any:80 TCP');
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
      property(arbitraryCiliumCluster, (cluster) => {
        const model = modelIn(cluster);
        const answer = finished(
          connectivity(model, {
            from: undefined,
            to: undefined,
            level: 'pod',
            format: 'table',
            protocol: undefined,
            port: undefined,
            external: true,
          }),
        );
        if (!answer.ok) throw new Error(answer.error.message);
        const rows = new Map(answer.value.result.connections.map((row) => [`${row.from} -> ${row.to}`, row.connection]));
        for (const source of cluster.pods) {
          for (const destination of cluster.pods) {
            // Two pods of one host are one endpoint to policies, and the listing does not tell them apart.
            if (source === destination || (source.hostNetwork && destination.hostNetwork)) continue;
            const [from, to] = [`${source.namespace}/${source.name}`, `${destination.namespace}/${destination.name}`];
            const { connection } = askPolicy(model, `pod/${from} -> pod/${to}`).result;
            const expected = connection === 'No Connections' ? undefined : connection;
            expect(rows.get(`Pod ${from} -> Pod ${to}`), `${from} -> ${to}`).toBe(expected);
          }
        }
      }),
      { numRuns: 150 },
    );
  }, 240_000);
});
