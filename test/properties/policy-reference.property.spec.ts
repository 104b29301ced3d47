import { assert, constantFrom, integer, property, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { connectivity } from '../../src/core/policy/connectivity.js';
import type { ConnectivityQuestion } from '../../src/core/policy/connectivity-result.js';
import { PolicyEngine } from '../../src/core/policy/policy-engine.js';
import { POLICY_REASONS } from '../../src/core/policy/policy-reasons.js';
import type { PolicyVerdictResult } from '../../src/core/policy/policy-result.js';
import { arbitraryCluster, manifestsOf, OUTSIDE, PORTS } from '../support/arbitrary-policies.js';
import { modelOf } from '../support/model.js';
import { askPolicy } from '../support/policy-cluster.js';
import { type ReferenceCluster, type ReferencePeer, referenceVerdict } from '../support/policy-reference.js';
import { finished } from '../../src/core/kernel/steps.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

function modelIn(cluster: ReferenceCluster): NetworkModel {
  return modelOf(manifestsOf(cluster), { policy: cluster.switches });
}

/** Pods by name, addresses outside by themselves; a node's address is left to the nodes. */
function peersOf(cluster: ReferenceCluster): readonly (readonly [string, ReferencePeer])[] {
  const outside = OUTSIDE.filter((ip) => !ip.startsWith('192.168.1.'));
  return [
    ...cluster.pods.map((pod) => [`pod/${pod.namespace}/${pod.name}`, pod] as const),
    ...outside.map((ip) => [`ip/${ip}`, { ip }] as const),
  ];
}

const seed = integer({ min: 0, max: 1_000_000 });

describe('policy-verdict on random clusters', () => {
  it('INV-POL-1 says in both directions what a second, independent evaluator says', () => {
    assert(
      property(arbitraryCluster, seed, (cluster, from) => {
        const model = modelIn(cluster);
        const peers = peersOf(cluster);
        peers.forEach(([source, sender], i) => {
          peers.forEach(([destination, receiver], j) => {
            const protocol = PROTOCOLS[(from + i + j) % 3] ?? 'TCP';
            const port = PORTS[(from + 3 * i + j) % PORTS.length] ?? 80;
            const { result } = askPolicy(model, `${source} -> ${destination}:${port} ${protocol}`);
            const expected = referenceVerdict(cluster, sender, receiver, protocol, port);
            const actual = { egress: result.egress.allowed, ingress: result.ingress.allowed };
            expect(actual, `${source} -> ${destination}:${port} ${protocol}`).toEqual(expected);
          });
        });
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('INV-POL-2 does not depend on the order of the objects', () => {
    assert(
      property(
        arbitraryCluster.chain((cluster) =>
          shuffledSubarray([...manifestsOf(cluster)], { minLength: manifestsOf(cluster).length }).map(
            (objects) => [cluster, objects] as const,
          ),
        ),
        ([cluster, objects]) => {
          const [straight, shuffled] = [modelIn(cluster), modelOf(objects, { policy: cluster.switches })];
          for (const [source] of peersOf(cluster)) {
            const flow = `${source} -> any:80 TCP`;
            expect(askPolicy(shuffled, flow)).toEqual(askPolicy(straight, flow));
          }
          expect(listing(shuffled, {})).toEqual(listing(straight, {}));
        },
      ),
      { numRuns: 40 },
    );
  }, 30_000);

  it('INV-POL-3 gives only reasons of the list, and parents that stand before their children', () => {
    assert(
      property(arbitraryCluster, (cluster) => {
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
});

function listing(model: NetworkModel, more: Partial<ConnectivityQuestion>): ReadonlyMap<string, string> {
  const answer = finished(
    connectivity(model, {
      from: undefined,
      to: undefined,
      level: 'pod',
      format: 'table',
      protocol: undefined,
      port: undefined,
      external: true,
      ...more,
    }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return new Map(answer.value.result.connections.map((row) => [`${row.from} -> ${row.to}`, row.connection]));
}

function allowed({ connection }: PolicyVerdictResult): string | undefined {
  return connection === 'No Connections' ? undefined : connection;
}

/** Connections around every boundary of the generated rules; both evaluators treat all others as one of these. */
const CONNECTIONS = PROTOCOLS.flatMap((protocol) => PORTS.map((port) => ({ protocol, port })));

describe('all pairs at once on random clusters', () => {
  it('INV-POL-16 reach each other just where the second evaluator lets some connection through', () => {
    assert(
      property(arbitraryCluster, (cluster) => {
        const model = modelIn(cluster);
        const engine = new PolicyEngine(model);
        const found = new Set<string>();
        engine.eachReached((source, destination) => found.add(`${source} ${destination}`));
        for (const sender of cluster.pods) {
          for (const receiver of cluster.pods) {
            if (sender === receiver || sender.hostNetwork || receiver.hostNetwork) continue;
            const [from, to] = [sender, receiver].map(({ namespace, name }) => model.podByKey.get(`${namespace}/${name}`));
            if (!from || !to) throw new Error('the pods are there');
            const connections = CONNECTIONS.map(({ protocol, port }) => {
              const { egress, ingress } = referenceVerdict(cluster, sender, receiver, protocol, port);
              expect(engine.allows(from, to, protocol, port), `${sender.name} -> ${receiver.name}:${port} ${protocol}`).toBe(
                egress && ingress,
              );
              return egress && ingress;
            });
            const [source, destination] = [engine.positionOf(from), engine.positionOf(to)];
            expect(found.has(`${source} ${destination}`), `${sender.name} -> ${receiver.name}`).toBe(connections.includes(true));
          }
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe('connectivity on random clusters', () => {
  it('INV-POL-5 lists for two pods just what policy-verdict allows between them', () => {
    assert(
      property(arbitraryCluster, (cluster) => {
        const model = modelIn(cluster);
        const rows = listing(model, {});
        for (const source of cluster.pods) {
          for (const destination of cluster.pods) {
            if (source === destination) continue;
            const [from, to] = [`${source.namespace}/${source.name}`, `${destination.namespace}/${destination.name}`];
            const { result } = askPolicy(model, `pod/${from} -> pod/${to}`);
            expect(rows.get(`Pod ${from} -> Pod ${to}`), `${from} -> ${to}`).toBe(allowed(result));
          }
        }
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('INV-POL-6 cuts outside addresses so that every address of a part is treated as the part is', () => {
    assert(
      property(arbitraryCluster, constantFrom(...OUTSIDE), (cluster, ip) => {
        const model = modelIn(cluster);
        if (model.ipOwners.has(ip)) return;
        const rows = [...listing(model, {})];
        const value = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
        const holds = (name: string) => {
          const [first = '', last] = name.split('-');
          const [base = '', length] = first.split('/');
          const low = value(base);
          const high = last === undefined ? low + 2 ** (32 - Number(length ?? 32)) - 1 : value(last);
          return /^\d/.test(name) && low <= value(ip) && value(ip) <= high;
        };
        for (const pod of cluster.pods) {
          const name = `${pod.namespace}/${pod.name}`;
          const out = rows.filter(([key]) => key.startsWith(`Pod ${name} -> `) && holds(key.split(' -> ')[1] ?? ''));
          expect(out.map(([, connection]) => connection)).toEqual(
            [allowed(askPolicy(model, `pod/${name} -> ip/${ip}`).result)].filter(Boolean),
          );
          const into = rows.filter(([key]) => key.endsWith(` -> Pod ${name}`) && holds(key.split(' -> ')[0] ?? ''));
          expect(into.map(([, connection]) => connection)).toEqual(
            [allowed(askPolicy(model, `ip/${ip} -> pod/${name}`).result)].filter(Boolean),
          );
        }
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});
