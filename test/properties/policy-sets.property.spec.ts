import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { connectivity } from '../../src/core/policy/connectivity.js';
import { exposure } from '../../src/core/policy/exposure.js';
import { reachability } from '../../src/core/policy/reachability.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { arbitraryCluster, manifestsOf, PORTS } from '../support/arbitrary-policies.js';
import { modelOf } from '../support/model.js';
import { endpoints } from '../support/policy-cluster.js';
import type { ReferenceCluster } from '../support/policy-reference.js';
import { finished } from '../../src/core/kernel/steps.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** A pod of which no policy knows anything. */
const STRANGER: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'stranger', namespace: 'nowhere' },
  spec: { containers: [{ name: 'main' }] },
  status: { phase: 'Running', podIP: '100.64.0.1', podIPs: [{ ip: '100.64.0.1' }] },
};

function modelIn(cluster: ReferenceCluster, more: readonly KubernetesObject[] = []): NetworkModel {
  return modelOf([...manifestsOf(cluster), ...more], { policy: { ...cluster.switches, enforcement: 'on' } });
}

function listed(model: NetworkModel, asked: { readonly from?: string; readonly to?: string }): ReadonlyMap<string, string> {
  const at = (text: string | undefined) => (text === undefined ? undefined : endpoints(model, text));
  const answer = finished(
    connectivity(model, {
      from: at(asked.from),
      to: at(asked.to),
      level: 'workload',
      format: 'table',
      protocol: undefined,
      port: undefined,
      external: true,
    }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  const other = asked.to === undefined ? 'to' : 'from';
  return new Map(answer.value.result.connections.map((row) => [row[other], row.connection]));
}

/** Whether `SCTP 1-65535,TCP 80,443` has the port. */
function has(text: string, protocol: string, port: number): boolean {
  if (text === 'All Connections') return true;
  const part = text.split(/,(?=[A-Z])/).find((one) => one.startsWith(`${protocol} `));
  const ranges = part?.slice(protocol.length + 1).split(',') ?? [];
  return ranges.some((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return from <= port && port <= to;
  });
}

describe('questions over whole clusters, on random clusters', () => {
  it('INV-POL-14 whatever exposure leaves to the entire cluster, a pod without labels in a new namespace may use', () => {
    assert(
      property(arbitraryCluster, (drawn) => {
        const switches = { ...drawn.switches, ipBlockMatchesPods: false, networksMatchPods: false };
        const cluster = { ...drawn, switches, clusterPolicies: [] };
        const answer = finished(exposure(modelIn(cluster), { of: undefined, workload: undefined, direction: 'ingress', format: 'table' }));
        if (!answer.ok) throw new Error(answer.error.message);
        const reached = listed(modelIn(cluster, [STRANGER]), { from: 'nowhere/stranger' });
        for (const { workload, connection } of answer.value.result.exposures.filter((one) => one.with === 'entire-cluster')) {
          for (const protocol of PROTOCOLS) {
            for (const port of PORTS) {
              if (has(connection, protocol, port))
                expect(has(reached.get(workload) ?? '', protocol, port), `${workload} ${protocol} ${port}`).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('INV-POL-15 reachability groups just what connectivity lists', () => {
    assert(
      property(arbitraryCluster, integer({ min: 0, max: 100 }), (cluster, drawn) => {
        const model = modelIn(cluster);
        const pod = cluster.pods[drawn % cluster.pods.length]!;
        for (const side of ['from', 'to'] as const) {
          const subject = `${pod.namespace}/${pod.name}`;
          const answer = finished(
            reachability(model, {
              side,
              subject: endpoints(model, subject),
              others: undefined,
              protocol: undefined,
              port: undefined,
            }),
          );
          if (!answer.ok) throw new Error(answer.error.message);
          const expected = listed(model, { [side]: subject });
          const { groups, connected } = answer.value.result;
          expect(connected).toBe(expected.size);
          const pods = groups.flatMap(({ namespaces, connection }) =>
            namespaces.flatMap(({ workloads }) => workloads.map((name) => [name, connection] as const)),
          );
          expect(new Map(pods)).toEqual(new Map([...expected].filter(([name]) => name.startsWith('Pod '))));
        }
      }),
    );
  });
});
