import { type Protocol, PROTOCOLS } from '../../net/protocol.js';
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
import { meansEverybody, meansPseudoPeer, type PeeredRule, peeredRules, type PseudoPeer } from './pseudo-peers.js';

/** Whom a pod may be exposed to: pods of which nothing is known, or such as a rule selects. */
export type Unknown = 'everybody' | PseudoPeer;

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
    private readonly direction: Direction,
    private readonly subject: PodEndpoint,
  ) {
    this.layers = layersAt(index, direction, subject).filter(({ rules, end }) => rules.length > 0 || end === 'Deny');
  }

  /** Whether some policy decides over the pod in the direction. */
  get isProtected(): boolean {
    return this.layers.some(({ layer }) => layer !== 'calico-profiles'); // every pod has one
  }

  /** What the layers leave to the unknown pods, each rule taken as it names them. */
  to(unknown: Unknown): Exposure {
    let standing = { allowed: NO_CONNECTIONS, open: ALL_CONNECTIONS };
    const deciding: LayerRule[] = [];
    const names = new Map<Protocol, Set<string>>();
    for (const { rules, end } of this.layers) {
      const means = rules.filter((rule) => this.means(rule, unknown));
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

  /** A rule of another API is asked for a pod without labels. */
  private means(rule: LayerRule, unknown: Unknown): boolean {
    const written = this.written(rule);
    if (rule.unreadable || !written) return rule.concerns(this.subject) && rule.admits(BARE);
    return unknown === 'everybody' ? meansEverybody(written) : meansPseudoPeer(written, rule.policy, unknown);
  }

  private written({ policy, pointer }: LayerRule): PeeredRule | undefined {
    return peeredRules(policy, this.direction).find((rule) => rule.pointer === pointer);
  }

  private connectionsOf(rule: LayerRule): ConnectionSet {
    return this.direction === 'ingress' ? rule.connectionsAt(this.subject, SOMEWHERE) : rule.connectionsAt(SOMEWHERE, this.subject);
  }

  /** Adds the names of ports of an egress rule; false where there are none. */
  private addNames(rule: LayerRule, names: Map<Protocol, Set<string>>): boolean {
    if (this.direction === 'ingress') return false;
    const ports = (this.written(rule)?.ports ?? []).flatMap((port) =>
      port.type === 'port' && typeof port.port === 'string' ? [{ protocol: port.protocol, name: port.port }] : [],
    );
    for (const { protocol, name } of ports) names.set(protocol, (names.get(protocol) ?? new Set()).add(name));
    return ports.length > 0;
  }
}

/** netpol-analyzer's spelling: the numbers of a protocol, then the names. */
function withNames(connections: ConnectionSet, names: ReadonlyMap<Protocol, ReadonlySet<string>>): string {
  const text = formatConnections(connections);
  if (names.size === 0 || text === 'All Connections') return text;
  const numbers = new Map((text === 'No Connections' ? [] : text.split(/,(?=[A-Z])/)).map((part) => [part.split(' ')[0] ?? '', part]));
  const parts = PROTOCOLS.flatMap((protocol) => {
    const named = [...(names.get(protocol) ?? [])].sort();
    const numbered = numbers.get(protocol);
    if (named.length === 0) return numbered ?? [];
    return `${numbered === undefined ? `${protocol} ` : `${numbered},`}${named.join(',')}`;
  });
  return parts.join(',');
}
