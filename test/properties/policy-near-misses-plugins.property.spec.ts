import { assert, integer, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { arbitraryCalicoCluster, calicoManifestsOf, calicoSettingsOf } from '../support/arbitrary-calico.js';
import { arbitraryCiliumCluster, ciliumManifestsOf, ciliumSettingsOf } from '../support/arbitrary-cilium.js';
import { PORTS } from '../support/arbitrary-policies.js';
import { calicoVerdict, type ReferenceCalicoCluster, type ReferenceRule } from '../support/calico-reference.js';
import { ciliumVerdict, type ReferenceCiliumCluster } from '../support/cilium-reference.js';
import { modelOf } from '../support/model.js';
import { askPolicy } from '../support/policy-cluster.js';
import type { ReferencePod } from '../support/policy-reference.js';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** One tier, and rules that ask for one selector of the other side and for ports: one change is then often enough. */
const simpleCalico = arbitraryCalicoCluster.map((cluster): ReferenceCalicoCluster => {
  const simple = (rule: ReferenceRule, side: 'source' | 'destination'): ReferenceRule => {
    const peer = { selector: rule[side]?.selector };
    const ports = rule.protocol === undefined ? undefined : rule.destination?.ports;
    if (side === 'destination') return { ...rule, source: {}, destination: { ...peer, ports } };
    return { ...rule, source: peer, destination: { ports } };
  };
  const policies = cluster.policies.slice(0, 2).map((policy) => ({
    ...policy,
    namespace: undefined,
    tier: 'default',
    ingress: policy.ingress.map((rule) => simple(rule, 'source')),
    egress: policy.egress.map((rule) => simple(rule, 'destination')),
  }));
  return { ...cluster, policies };
});

/** The pods after a person has given or taken a label; undefined where the fix says something else. */
function relabelled(pods: readonly ReferencePod[], fix: string): readonly ReferencePod[] | undefined {
  const given = /^give Pod (\S+)\/(\S+) the label `(\w+)=(\w+)`$/.exec(fix);
  const taken = /^take the label `(\w+)` from Pod (\S+)\/(\S+)$/.exec(fix);
  const [namespace, name, key = '', value] = given ? given.slice(1) : [taken?.[2], taken?.[3], taken?.[1]];
  if (!given && !taken) return undefined;
  return pods.map((pod) => {
    if (pod.namespace !== namespace || pod.name !== name) return pod;
    const { [key]: _, ...others } = pod.labels;
    return { ...pod, labels: value === undefined ? others : { ...others, [key]: value } };
  });
}

/** One more port of a rule. */
function withPort(cluster: ReferenceCalicoCluster, fix: string): ReferenceCalicoCluster | undefined {
  const told = /^add `(\d+)` to `\/spec\/(ingress|egress)\/(\d+)\/destination\/ports` of \S+ (?:\S+[/.])?policy-(\d+)$/.exec(fix);
  if (!told) return undefined;
  const [port, direction, place, index] = [Number(told[1]), told[2] as 'ingress' | 'egress', Number(told[3]), Number(told[4])];
  const policies = cluster.policies.map((policy, at) => {
    if (at !== index) return policy;
    const rules = policy[direction].map((rule, position) =>
      position === place ? { ...rule, destination: { ...rule.destination, ports: [...(rule.destination?.ports ?? []), port] } } : rule,
    );
    return { ...policy, [direction]: rules };
  });
  return { ...cluster, policies };
}

/** A rule that denies taken away, or one of its ports; the switch of default-deny set. */
function withoutDenial(cluster: ReferenceCiliumCluster, fix: string): ReferenceCiliumCluster | undefined {
  const told =
    /^take (?:the rule )?`\/spec\/(ingressDeny|egressDeny)\/(\d+)(?:\/toPorts\/(\d+)\/ports\/(\d+))?`(?: \(.*\))? from \S+ (?:\S+\/)?policy-(\d+)$/.exec(
      fix,
    );
  const open = /^set `\/spec\/enableDefaultDeny\/(ingress|egress)` of \S+ (?:\S+\/)?policy-(\d+) to `false`: .*$/.exec(fix);
  if (!told && !open) return undefined;
  const index = Number(told ? told[5] : open?.[2]);
  const ciliumPolicies = cluster.ciliumPolicies.map((policy, at) => {
    if (at !== index) return policy;
    const { spec } = policy;
    if (!told)
      return { ...policy, spec: { ...spec, enableDefaultDeny: { ...objectOf(spec['enableDefaultDeny']), [open?.[1] ?? '']: false } } };
    const [, section = '', place, element, entry] = told;
    const rules = listOf(spec[section]).flatMap((rule, position) => {
      if (position !== Number(place)) return [rule];
      return element === undefined ? [] : [{ ...rule, toPorts: portsWithout(listOf(rule['toPorts']), Number(element), Number(entry)) }];
    });
    return { ...policy, spec: { ...spec, [section]: rules } };
  });
  return { ...cluster, ciliumPolicies };
}

function portsWithout(elements: readonly JsonObject[], element: number, entry: number): readonly JsonObject[] {
  const less = elements.map((one, at) => (at === element ? { ports: listOf(one['ports']).filter((_, place) => place !== entry) } : one));
  return less.filter((one, at) => at !== element || listOf(one['ports']).length > 0);
}

function listOf(value: unknown): readonly JsonObject[] {
  return (value ?? []) as readonly JsonObject[];
}

function objectOf(value: unknown): JsonObject {
  return (value ?? {}) as JsonObject;
}

/** Every near miss whose words `done` knows, held against what the second evaluator says once it is done; how many there were, by reason. */
function checkAll<Cluster extends { readonly pods: readonly ReferencePod[] }>(
  { cluster, model, seed }: { readonly cluster: Cluster; readonly model: NetworkModel; readonly seed: number },
  done: (fix: string) => Cluster | undefined,
  allows: (after: Cluster, i: number, j: number, protocol: string, port: number) => boolean,
  checked: Map<string, number>,
): void {
  cluster.pods.forEach((source, i) => {
    cluster.pods.forEach((destination, j) => {
      if (i === j) return;
      const protocol = PROTOCOLS[(seed + i + j) % 3] ?? 'TCP';
      const port = PORTS[(seed + 3 * i + j) % PORTS.length] ?? 80;
      const flow = `pod/${source.namespace}/${source.name} -> pod/${destination.namespace}/${destination.name}:${port} ${protocol}`;
      for (const { suffices, fix, reason } of askPolicy(model, flow).result.nearMisses) {
        const after = done(fix);
        if (!after) continue;
        checked.set(reason, (checked.get(reason) ?? 0) + 1);
        expect(allows(after, i, j, protocol, port), `${flow}: ${fix}`).toBe(suffices);
      }
    });
  });
}

describe('near misses of plugins on random clusters', () => {
  it('INV-POL-4 a change around a policy of Calico allows the connection where it suffices, as the second evaluator sees it', () => {
    const checked = new Map<string, number>();
    assert(
      property(
        oneof({ arbitrary: simpleCalico, weight: 3 }, { arbitrary: arbitraryCalicoCluster, weight: 1 }),
        integer({ min: 0, max: 1000 }),
        (cluster, seed) => {
          const model = modelOf(calicoManifestsOf(cluster), calicoSettingsOf(cluster));
          const done = (fix: string) => {
            const pods = relabelled(cluster.pods, fix);
            return pods ? { ...cluster, pods } : withPort(cluster, fix);
          };
          const allows = (after: ReferenceCalicoCluster, i: number, j: number, protocol: string, port: number) => {
            const { egress, ingress } = calicoVerdict(after, { source: after.pods[i]!, destination: after.pods[j]!, protocol, port });
            return egress && ingress;
          };
          checkAll({ cluster, model, seed }, done, allows, checked);
        },
      ),
      { numRuns: 150 },
    );
    expect(checked.get('POD_LABEL'), 'POD_LABEL').toBeGreaterThan(10);
    expect(checked.get('RULE_PORT'), 'RULE_PORT').toBeGreaterThan(0);
  }, 60_000);

  it('INV-POL-4 a change around a denial or a default-deny of Cilium likewise', () => {
    const checked = new Map<string, number>();
    assert(
      property(arbitraryCiliumCluster, integer({ min: 0, max: 1000 }), (cluster, seed) => {
        const model = modelOf(ciliumManifestsOf(cluster), ciliumSettingsOf(cluster));
        const done = (fix: string) => {
          const pods = relabelled(cluster.pods, fix);
          return pods ? { ...cluster, pods } : withoutDenial(cluster, fix);
        };
        const allows = (after: ReferenceCiliumCluster, i: number, j: number, protocol: string, port: number) => {
          const { egress, ingress } = ciliumVerdict(after, after.pods[i]!, after.pods[j]!, protocol, port);
          return egress && ingress;
        };
        checkAll({ cluster, model, seed }, done, allows, checked);
      }),
      { numRuns: 150 },
    );
    for (const reason of ['POD_LABEL', 'DENY_RULE', 'DEFAULT_DENY']) expect(checked.get(reason), reason).toBeGreaterThan(3);
    expect(checked.get('DENY_PORT'), 'DENY_PORT').toBeGreaterThan(0);
  }, 60_000);
});
