import { describeRef } from '../../kernel/object-ref.js';
import { CalicoLayerRule } from './calico-rule.js';
import { FailsafeRule } from './failsafe-rule.js';
import type { LayerAt, LayerRule, SubjectEndpoint } from './layer.js';

/**
 * A layer of rules about what enters a node, asked about what the subject sends (or of rules about what leaves it, about what the subject receives): the side
 * that such a rule takes for the other one is the subject.
 */
export function turnedLayer(layer: LayerAt, subject: SubjectEndpoint): LayerAt {
  const turned = new Map(layer.rules.map((rule) => [rule, turnedRule(rule, subject)]));
  const policies = layer.policies.map((acting) => ({ ...acting, rules: acting.rules.flatMap((rule) => turned.get(rule) ?? []) }));
  return { ...layer, policies, rules: [...turned.values()] };
}

function turnedRule(rule: LayerRule, subject: SubjectEndpoint): LayerRule {
  const admits = rule.admits(subject);
  const ownPeersAt = rule instanceof CalicoLayerRule || rule instanceof FailsafeRule ? rule.ownPeersAt.bind(rule) : () => [];
  return {
    policy: rule.policy,
    pointer: rule.pointer,
    name: rule.name,
    action: rule.action,
    written: rule.written,
    unordered: rule.unordered,
    unreadable: rule.unreadable,
    fixed: rule.fixed,
    looksAtSource: rule.looksAtSource === true,
    peersKey: `turned ${rule.policy.kind} ${describeRef(rule.policy.ref)} ${rule.pointer}`,
    concerns: () => admits,
    admits: (other) => rule.concerns(other),
    peersAt: ownPeersAt,
    connectionsAt: rule.connectionsAt.bind(rule),
    portsAt: rule.portsAt.bind(rule),
  };
}
