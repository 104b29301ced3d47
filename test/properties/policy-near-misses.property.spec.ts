import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/kernel/json.js';
import { arbitraryCluster, manifestsOf, PORTS } from '../support/arbitrary-policies.js';
import { modelOf } from '../support/model.js';
import { askPolicy } from '../support/policy-cluster.js';
import { type ReferenceCluster, type ReferencePod, referenceVerdict } from '../support/policy-reference.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** The cluster after a person has done what the fix says; undefined for fixes whose words this reader does not know. */
function done(cluster: ReferenceCluster, fix: string): ReferenceCluster | undefined {
  const label = /^(?:give Pod (\S+)\/(\S+) the label `(\w+)=(\w+)`|take the label `(\w+)` from Pod (\S+)\/(\S+?))(?:,.*)?$/.exec(fix);
  if (label) {
    const [, namespace = label[6], name = label[7], key = label[5] ?? '', value] = label;
    const pods = cluster.pods.map((pod) =>
      pod.namespace === namespace && pod.name === name ? { ...pod, labels: relabelled(pod, key, value) } : pod,
    );
    return { ...cluster, pods };
  }
  const port =
    /^add `\{protocol: (\w+), port: (\d+)\}` to `\/spec\/(ingress|egress)\/(\d+)\/ports` of NetworkPolicy \w+\/policy-(\d+)$/.exec(fix);
  if (port) {
    const [, protocol, number, direction = '', rule, policy] = port;
    return withRule(cluster, Number(policy), direction, Number(rule), (before) => ({
      ...before,
      ports: [...listOf(before['ports']), { protocol, port: Number(number) }],
    }));
  }
  const peer =
    /^add pods `([^`]*)` of namespace (\w+) to `\/spec\/(ingress|egress)\/(\d+)\/(from|to)` of NetworkPolicy \w+\/policy-(\d+)$/.exec(fix);
  if (peer) {
    const [, labels = '', namespace = '', direction = '', rule, field = '', policy] = peer;
    const added = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector: selectorOf(labels) };
    return withRule(cluster, Number(policy), direction, Number(rule), (before) => ({
      ...before,
      [field]: [...listOf(before[field]), added],
    }));
  }
  return undefined;
}

function relabelled(pod: ReferencePod, key: string, value: string | undefined): ReferencePod['labels'] {
  const { [key]: _, ...others } = pod.labels;
  return value === undefined ? others : { ...others, [key]: value };
}

function listOf(value: unknown): readonly JsonObject[] {
  return (value ?? []) as readonly JsonObject[];
}

/** `app=x,tier=y`, or `<all>`. */
function selectorOf(text: string): JsonObject {
  if (text === '<all>') return {};
  return { matchLabels: Object.fromEntries(text.split(',').map((pair) => pair.split('='))) as JsonObject };
}

function withRule(
  cluster: ReferenceCluster,
  policy: number,
  direction: string,
  rule: number,
  change: (before: JsonObject) => JsonObject,
): ReferenceCluster {
  const policies = cluster.policies.map((one, index) => {
    if (index !== policy) return one;
    const rules = listOf(one.spec[direction]).map((before, at) => (at === rule ? change(before) : before));
    return { ...one, spec: { ...one.spec, [direction]: rules } };
  });
  return { ...cluster, policies };
}

describe('near misses on random clusters', () => {
  it('INV-POL-4 one that suffices allows the connection when its change is made, as the second evaluator sees it', () => {
    let checked = 0;
    assert(
      property(arbitraryCluster, integer({ min: 0, max: 1000 }), (cluster, seed) => {
        const model = modelOf(manifestsOf(cluster), { policy: cluster.switches });
        cluster.pods.forEach((source, i) => {
          cluster.pods.forEach((destination, j) => {
            if (i === j) return;
            const protocol = PROTOCOLS[(seed + i + j) % 3] ?? 'TCP';
            const port = PORTS[(seed + 3 * i + j) % PORTS.length] ?? 80;
            const flow = `pod/${source.namespace}/${source.name} -> pod/${destination.namespace}/${destination.name}:${port} ${protocol}`;
            for (const { suffices, fix } of askPolicy(model, flow).result.nearMisses) {
              const after = done(cluster, fix);
              if (!after) continue;
              checked++;
              const verdict = referenceVerdict(after, after.pods[i]!, after.pods[j]!, protocol, port);
              expect(verdict.egress && verdict.ingress, `${flow}: ${fix}`).toBe(suffices);
            }
          });
        });
      }),
      { numRuns: 100 },
    );
    expect(checked).toBeGreaterThan(50);
  }, 30_000);
});
