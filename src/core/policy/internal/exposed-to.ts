import type { Steps } from '../../kernel/steps.js';
import type { Protocol } from '../../net/protocol.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  formatConnections,
  intersectConnections,
  NO_CONNECTIONS,
  unionConnections,
} from './connection-set.js';
import { afterLayer, decideInOrder, PLAIN } from './decide-in-order.js';
import type { Direction } from './direction.js';
import type { LayerAt, LayerRule } from './layer.js';
import { layersAt } from './layers-at.js';
import { type PolicyEndpoint, type PodEndpoint, unknownPod } from './policy-endpoint.js';
import type { PolicyIndex } from './policy-index.js';
import type { Unknown, UnknownPods } from './unknown/unknown-pods.js';

/** What a pod and unknown pods may use, by the policies of the pod alone. */
export interface Exposure {
  readonly connections: ConnectionSet;
  /** `TCP 8080,http`: names of ports that only the unknown pod could tell the number of stand as they are. */
  readonly text: string;
  /** The rules that decide. */
  readonly rules: readonly LayerRule[];
}

/** Any address that is not looked up by name. */
const SOMEWHERE: PolicyEndpoint = { kind: 'host', node: undefined, labels: undefined, address: undefined };
const BARE = unknownPod('{unknown}');

/** Judges a pod in one direction; undefined: no policy protects it there. */
export class ExposureJudge {
  private readonly layers: readonly LayerAt[];

  constructor(
    private readonly index: PolicyIndex,
    private readonly unknown: UnknownPods,
    private readonly direction: Direction,
    private readonly subject: PodEndpoint,
  ) {
    this.layers = layersAt(index, direction, subject).filter(({ rules, end }) => rules.length > 0 || end === 'Deny');
  }

  /** Whether some policy decides over the pod in the direction. */
  get isProtected(): boolean {
    return this.layers.some(({ layer }) => layer !== 'calico-profiles'); // every pod has one
  }

  /** What the layers leave to the unknown pods, each rule taken as it names them. Yields often. */
  *to(who: Unknown): Steps<Exposure> {
    let standing = { allowed: NO_CONNECTIONS, open: ALL_CONNECTIONS };
    const deciding: LayerRule[] = [];
    const names = new Map<Protocol, Set<string>>();
    for (const { rules, end } of this.layers) {
      const means: LayerRule[] = [];
      for (const rule of rules) {
        yield;
        if (this.means(rule, who)) means.push(rule);
      }
      const effect = (rule: LayerRule) => ({ action: rule.action, matched: this.connectionsOf(rule) });
      const decided = decideInOrder(means, effect, PLAIN);
      for (const [position, rule] of means.entries()) {
        const isNamed = rule.action === 'Accept' && standing.open !== NO_CONNECTIONS && this.addNames(rule, names);
        const share = intersectConnections(standing.open, decided.shares[position] ?? NO_CONNECTIONS);
        if (isNamed || share !== NO_CONNECTIONS) deciding.push(rule);
      }
      standing = afterLayer(standing, decided, end, PLAIN);
    }
    const connections = intersectConnections(unionConnections(standing.allowed, standing.open), this.index.everything);
    return { connections, text: withNames(connections, names), rules: deciding };
  }

  /** A rule that says nothing about whom it means is asked for a pod without labels. */
  private means(rule: LayerRule, who: Unknown): boolean {
    if (!rule.concerns(this.subject)) return false;
    const means = rule.unreadable ? undefined : this.unknown.means(rule, this.direction, who);
    return means ?? rule.admits(BARE);
  }

  private connectionsOf(rule: LayerRule): ConnectionSet {
    return this.direction === 'ingress' ? rule.connectionsAt(this.subject, SOMEWHERE) : rule.connectionsAt(SOMEWHERE, this.subject);
  }

  /** Adds the names of ports of an egress rule; false where there are none. */
  private addNames(rule: LayerRule, names: Map<Protocol, Set<string>>): boolean {
    if (this.direction === 'ingress') return false;
    const ports = this.unknown.portNames(rule, this.direction);
    for (const { protocol, name } of ports) names.set(protocol, (names.get(protocol) ?? new Set()).add(name));
    return ports.length > 0;
  }
}

/** netpol-analyzer's spelling: the numbers of a protocol, then the names. */
function withNames(connections: ConnectionSet, names: ReadonlyMap<Protocol, ReadonlySet<string>>): string {
  const text = formatConnections(connections);
  if (names.size === 0 || text === 'All Connections') return text;
  const parts = new Map((text === 'No Connections' ? [] : text.split(/,(?=[A-Za-z])/)).map((part) => [part.split(' ')[0] ?? '', part]));
  for (const [protocol, named] of names) {
    const numbered = parts.get(protocol);
    parts.set(protocol, `${numbered === undefined ? `${protocol} ` : `${numbered},`}${[...named].sort().join(',')}`);
  }
  return [...parts.keys()]
    .sort()
    .flatMap((protocol) => parts.get(protocol) ?? [])
    .join(',');
}
