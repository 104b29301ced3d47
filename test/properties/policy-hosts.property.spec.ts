import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { Witness } from '../../src/core/policy/compare-result.js';
import { exposure } from '../../src/core/policy/exposure.js';
import type { LintFinding } from '../../src/core/policy/lint-result.js';
import { arbitraryHostCluster, calicoManifestsOf, calicoSettingsOf } from '../support/arbitrary-calico.js';
import { PORTS } from '../support/arbitrary-policies.js';
import { arrives, type ReferenceHosts } from '../support/calico-host-reference.js';
import { type ReferenceCalicoCluster, type ReferenceCalicoPolicy, SELECTORS } from '../support/calico-reference.js';
import { modelOf } from '../support/model.js';
import { compare } from '../support/policy-compare.js';
import { lineOf, lint } from '../support/policy-lint.js';
import type { ReferencePeer, ReferencePod } from '../support/policy-reference.js';

type Cluster = ReferenceCalicoCluster & ReferenceHosts;

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const WORLD = ['10.0.9.9', '203.0.113.5', '203.0.113.77', '8.8.8.8'];

function modelIn(cluster: Cluster): NetworkModel {
  return modelOf(calicoManifestsOf(cluster), calicoSettingsOf(cluster, true));
}

/** Every connection of a pod or a node with anybody else, by the chains that Felix writes. */
function everything(cluster: Cluster): readonly boolean[] {
  const nodes = Object.values(cluster.nodes).map((ip) => ({ ip }));
  const own: readonly ReferencePeer[] = [...cluster.pods, ...nodes];
  const peers: readonly ReferencePeer[] = [...own, ...WORLD.map((ip) => ({ ip }))];
  return peers.flatMap((source) =>
    peers
      .filter((destination) => source !== destination && (own.includes(source) || own.includes(destination)))
      .flatMap((destination) =>
        PROTOCOLS.flatMap((protocol) => PORTS.map((port) => arrives(cluster, { source, destination, protocol, port }))),
      ),
  );
}

function nameOf({ namespace, tier }: ReferenceCalicoPolicy, position: number): string {
  const name = tier === 'default' ? `policy-${position}` : `${tier}.policy-${position}`;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** `Pod a/pod-1`, `Node n1`, `10.0.0.0-10.0.0.255`; undefined: an address of IPv6. */
function peerOf(cluster: Cluster, name: string): ReferencePeer | undefined {
  const pod = cluster.pods.find((one) => name === `Pod ${one.namespace}/${one.name}`);
  if (pod) return pod;
  const ip = cluster.nodes[name.replace('Node ', '')] ?? /^[\d.]+/.exec(name)?.[0];
  return ip === undefined || name.includes(':') ? undefined : { ip };
}

describe('questions about everybody, where host endpoints of Calico stand in the way', () => {
  it('INV-POL-10 policy-compare finds every difference between what arrives, and each of its witnesses is one', () => {
    let [unlike, told] = [0, 0];
    assert(
      property(arbitraryHostCluster, (cluster) => {
        const only = (rest: number): Cluster => ({ ...cluster, policies: cluster.policies.filter((_, at) => at % 2 === rest) });
        const names = cluster.policies.map(nameOf);
        const found = compare(
          modelIn(cluster),
          names.filter((_, at) => at % 2 === 0),
          names.filter((_, at) => at % 2 === 1),
        ).result.cluster;
        const [byA, byB] = [everything(only(0)), everything(only(1))];
        const more = (a: readonly boolean[], b: readonly boolean[]) => a.some((yes, at) => yes && b[at] === false);
        if (more(byA, byB)) expect(['CONTAINING', 'OVERLAPPING', 'DISJOINT']).toContain(found.relation);
        if (more(byB, byA)) expect(['CONTAINED', 'OVERLAPPING', 'DISJOINT']).toContain(found.relation);
        if (more(byA, byB) || more(byB, byA)) unlike++;
        const real = ({ allowedBy, from, to, protocol, port }: Witness) => {
          const [source, destination] = [peerOf(cluster, from), peerOf(cluster, to)];
          if (!source || !destination || port === null) return;
          told++;
          const packet = { source, destination, protocol, port };
          const seen = [arrives(only(0), packet), arrives(only(1), packet)];
          expect(seen, `${allowedBy}: ${from} -> ${to} ${protocol} ${port}`).toEqual([allowedBy === 'a', allowedBy === 'b']);
        };
        for (const { witnesses } of found.differences) for (const witness of witnesses) real(witness);
      }),
      { numRuns: 30 },
    );
    expect(unlike).toBeGreaterThan(12);
    expect(told).toBeGreaterThan(200);
  }, 240_000);

  it('INV-POL-11 what policy-lint calls redundant or shadowed changes nothing that arrives where it is taken away', () => {
    const codes = ['POL-REDUNDANT-RULE', 'POL-SHADOWED-RULE', 'POL-REDUNDANT-POLICY'];
    let [claims, ofNodes] = [0, 0];
    assert(
      property(arbitraryHostCluster, (cluster) => {
        const { findings } = lint(modelIn(cluster)).result;
        const before = everything(cluster).join();
        for (const finding of findings.filter(({ code }) => codes.includes(code))) {
          claims++;
          const after = without(cluster, finding);
          if (cluster.policies.some((one, at) => one !== after.policies[at] && one.kind !== 'normal')) ofNodes++;
          expect(everything(after).join() === before, lineOf(finding)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
    expect(claims).toBeGreaterThan(50);
    expect(ofNodes).toBeGreaterThan(15);
  }, 240_000);

  it('INV-POL-14 whatever exposure leaves to the entire cluster, a pod of another node, of which no policy knows, may use', () => {
    let checked = 0;
    assert(
      property(arbitraryHostCluster, (drawn) => {
        const cluster = { ...drawn, ipBlockMatchesPods: false };
        // Only policies of the workload count, and not those that would select the unknown pod.
        if (cluster.policies.some(({ namespace, selector }) => namespace === undefined && SELECTORS[selector]!({}))) return;
        const answer = finished(exposure(modelIn(cluster), { of: undefined, workload: undefined, direction: undefined, format: 'table' }));
        if (!answer.ok) throw new Error(answer.error.message);
        const beside = { ...cluster, namespaces: { ...cluster.namespaces, nowhere: {} } };
        for (const row of answer.value.result.exposures.filter((one) => one.with === 'entire-cluster')) {
          const pod = cluster.pods.find(({ namespace, name }) => row.workload === `Pod ${namespace}/${name}`);
          if (!pod) throw new Error(row.workload);
          const ends = row.direction === 'ingress' ? { source: STRANGER, destination: pod } : { source: pod, destination: STRANGER };
          for (const [protocol, port] of connectionsOf(row.connection)) {
            checked++;
            expect(arrives(beside, { ...ends, protocol, port }), `${row.direction} ${row.workload} ${protocol} ${port}`).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(checked).toBeGreaterThan(500);
  }, 120_000);
});

/** On a node without a host endpoint. */
const STRANGER: ReferencePod = {
  name: 'stranger',
  namespace: 'nowhere',
  labels: {},
  ports: [],
  node: 'n3',
  ip: '100.64.0.1',
  hostNetwork: false,
};

/** Those of the connections that the reference is asked for: `SCTP 1-65535,TCP 80,443`. */
function connectionsOf(text: string): readonly (readonly [string, number])[] {
  const parts = text.split(/,(?=[A-Z])/);
  return PROTOCOLS.flatMap((protocol) => {
    const ranges = parts.find((part) => part.startsWith(`${protocol} `))?.slice(protocol.length + 1);
    return PORTS.filter((port) => text === 'All Connections' || ranges?.split(',').some((range) => holds(range, port))).map(
      (port) => [protocol, port] as const,
    );
  });
}

function holds(range: string, port: number): boolean {
  const [from = 0, to = from] = range.split('-').map(Number);
  return from <= port && port <= to;
}

/** A rule that only logs decides nothing, nor does a policy that applies in no direction. */
function without(cluster: Cluster, { code, object, pointer }: LintFinding): Cluster {
  const [, direction = '', rule = ''] = /^\/spec\/(ingress|egress)\/(\d+)$/.exec(pointer) ?? [];
  const silent = (one: ReferenceCalicoPolicy): ReferenceCalicoPolicy => {
    if (code === 'POL-REDUNDANT-POLICY') return { ...one, types: [] };
    const rules = one[direction as 'ingress' | 'egress'].map((own, at) => (at === Number(rule) ? { ...own, action: 'Log' as const } : own));
    return { ...one, [direction]: rules };
  };
  const position = (name: string) => Number(name.split('-').at(-1));
  return { ...cluster, policies: cluster.policies.map((one, at) => (at === position(object.name) ? silent(one) : one)) };
}
