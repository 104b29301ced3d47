import type { ConnectionSet } from './connection-set.js';
import type { LayerAt, LayerRule, PeerAt, PortAt } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/**
 * A layer of rules about what enters a node, asked about what a pod of it sends (or of rules about what leaves it, about what the pod receives): the side that
 * such a rule takes for the other one is the pod.
 */
export function turnedLayer(layer: LayerAt): LayerAt {
  const policies = layer.policies.map((acting) => ({ ...acting, rules: acting.rules.map(turned) }));
  return { ...layer, policies, rules: layer.rules.map(turned) };
}

const known = new WeakMap<LayerRule, TurnedRule>();

/** A rule is turned once, so that endpoints under the same rules are seen to be. */
function turned(rule: LayerRule): LayerRule {
  const found = known.get(rule) ?? new TurnedRule(rule);
  known.set(rule, found);
  return found;
}

class TurnedRule implements LayerRule {
  readonly policy: LayerRule['policy'];
  readonly pointer: string;
  readonly name: string | undefined;
  readonly action: LayerRule['action'];
  readonly written: string;
  readonly unordered: boolean;
  readonly unreadable: boolean;
  readonly fixed: boolean;
  readonly looksAtSource: boolean;

  constructor(private readonly rule: LayerRule) {
    this.policy = rule.policy;
    this.pointer = rule.pointer;
    this.name = rule.name;
    this.action = rule.action;
    this.written = rule.written;
    this.unordered = rule.unordered;
    this.unreadable = rule.unreadable;
    this.fixed = rule.fixed;
    this.looksAtSource = rule.looksAtSource === true;
  }

  get peersKey(): string {
    return this.rule.ownKey ?? 'anybody';
  }

  get ownKey(): string {
    return this.rule.peersKey;
  }

  concerns(subject: PolicyEndpoint): boolean {
    return this.rule.admits(subject);
  }

  admits(other: PolicyEndpoint): boolean {
    return this.rule.concerns(other);
  }

  peersAt(other: PolicyEndpoint): readonly PeerAt[] {
    return this.rule.ownPeersAt?.(other) ?? [];
  }

  connectionsAt(destination: PolicyEndpoint, source: PolicyEndpoint): ConnectionSet {
    return this.rule.connectionsAt(destination, source);
  }

  portsAt(destination: PolicyEndpoint, source: PolicyEndpoint): readonly PortAt[] {
    return this.rule.portsAt(destination, source);
  }
}
