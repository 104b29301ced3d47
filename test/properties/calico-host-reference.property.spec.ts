import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { connectivity } from '../../src/core/policy/connectivity.js';
import { POLICY_REASONS } from '../../src/core/policy/policy-reasons.js';
import { parseEndpointSelector } from '../../src/core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../src/core/model/resolve-endpoints.js';
import { arbitraryHostCluster, calicoManifestsOf, calicoSettingsOf } from '../support/arbitrary-calico.js';
import { PORTS } from '../support/arbitrary-policies.js';
import { arrives, type ReferenceHosts } from '../support/calico-host-reference.js';
import type { ReferenceCalicoCluster } from '../support/calico-reference.js';
import { modelOf } from '../support/model.js';
import { askPolicy } from '../support/policy-cluster.js';
import type { ReferencePeer } from '../support/policy-reference.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
const WORLD = ['10.0.9.9', '203.0.113.5'] as const;

type Cluster = ReferenceCalicoCluster & ReferenceHosts;

function modelIn(cluster: Cluster): NetworkModel {
  return modelOf(calicoManifestsOf(cluster), calicoSettingsOf(cluster, true));
}

/** Pods, nodes and addresses outside, by the names by which they are asked for. */
function peersOf({ pods, nodes }: Cluster): readonly (readonly [string, ReferencePeer])[] {
  return [
    ...pods.map((pod) => [`pod/${pod.namespace}/${pod.name}`, pod] as const),
    ...Object.entries(nodes).map(([name, ip]) => [`node/${name}`, { ip }] as const),
    ...WORLD.map((ip) => [`ip/${ip}`, { ip }] as const),
  ];
}

function endpointsOf(model: NetworkModel, text: string) {
  const selector = parseEndpointSelector(text);
  const resolved = selector.ok ? resolveEndpoints(model, selector.value) : selector;
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value;
}

describe('host endpoints of Calico on random clusters', () => {
  it('INV-POL-1 what arrives is what comes through the chains that Felix writes', () => {
    assert(
      property(arbitraryHostCluster, integer({ min: 0, max: 1_000_000 }), (cluster, from) => {
        const model = modelIn(cluster);
        const peers = peersOf(cluster);
        peers.forEach(([sender, source], i) => {
          peers.forEach(([receiver, destination], j) => {
            if (i === j || (!('labels' in source) && !('labels' in destination) && i > peers.length - 3 && j > peers.length - 3)) return;
            const protocol = PROTOCOLS[(from + i + j) % 3] ?? 'TCP';
            const port = PORTS[(from + 3 * i + j) % PORTS.length] ?? 80;
            const flow = `${sender} -> ${receiver}:${port} ${protocol}`;
            expect(askPolicy(model, flow).verdict === 'ALLOWED', flow).toBe(arrives(cluster, { source, destination, protocol, port }));
          });
        });
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('INV-POL-3 give only reasons of the list', () => {
    assert(
      property(arbitraryHostCluster, (cluster) => {
        const { evidence, result } = askPolicy(modelIn(cluster), 'any -> any:80 TCP');
        for (const { reason } of [...evidence, ...result.nearMisses]) expect(POLICY_REASONS).toHaveProperty(reason);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('INV-POL-5 list just what policy-verdict allows, between pods and nodes', () => {
    assert(
      property(arbitraryHostCluster, (cluster) => {
        const model = modelIn(cluster);
        const named = [
          ...cluster.pods.map(({ namespace, name }) => [`pod/${namespace}/${name}`, `Pod ${namespace}/${name}`]),
          ...Object.keys(cluster.nodes).map((name) => [`node/${name}`, `Node ${name}`]),
        ];
        for (const [sender = '', from = ''] of named) {
          for (const [receiver = '', to = ''] of named) {
            if (from === to) continue;
            const sides = { from: endpointsOf(model, sender), to: endpointsOf(model, receiver) };
            const answer = finished(
              connectivity(model, {
                ...sides,
                protocol: undefined,
                port: undefined,
                external: false,
                level: 'pod',
                format: 'table',
              }),
            );
            if (!answer.ok) throw new Error(answer.error.message);
            const row = answer.value.result.connections[0]?.connection;
            const { connection } = askPolicy(model, `${sender} -> ${receiver}`).result;
            expect(row, `${sender} -> ${receiver}`).toBe(connection === 'No Connections' ? undefined : connection);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
