import { type Cidr, cidrContains, formatCidr } from '../../net/cidr.js';
import type { FailsafePort, FelixConfiguration } from '../../resources/felix-configuration.js';
import { type ConnectionSet, connectionsOf, NO_CONNECTIONS, unionConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { Failsafe } from './calico-hosts.js';
import type { ActingPolicy, LayerRule, PeerAt, PortAt } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/**
 * The ports of a node that stay open "irrespective of the security policy": they come before every rule of a host endpoint. Where packets pass through the node
 * they are none of its own traffic; there the ports only skip its untracked and pre-DNAT policies (`skips`).
 */
class FailsafeRule implements LayerRule {
  readonly name = undefined;
  readonly action: 'Accept' | 'Pass';
  readonly written: string;
  readonly unordered = false;
  readonly unreadable = false;
  readonly peersKey: string;
  readonly fixed = true;
  private readonly connections: ConnectionSet;

  constructor(
    readonly policy: FelixConfiguration,
    readonly pointer: string,
    private readonly ports: readonly FailsafePort[],
    skips: boolean,
  ) {
    this.action = skips ? 'Pass' : 'Accept';
    this.written = 'failsafe ports';
    this.peersKey = `failsafe ${this.net ? formatCidr(this.net) : ''}`;
    this.connections = ports.reduce(
      (sum, { protocol, port }) => unionConnections(sum, connectionsOf(protocol, port, port)),
      NO_CONNECTIONS,
    );
  }

  /** All ports of a rule are open to the same addresses. */
  private get net(): Cidr | undefined {
    return this.ports[0]?.net;
  }

  concerns(_endpoint: PolicyEndpoint): boolean {
    return true;
  }

  admits({ address }: PolicyEndpoint): boolean {
    return this.net === undefined || (address !== undefined && cidrContains(this.net, address));
  }

  peersAt(other: PolicyEndpoint): readonly PeerAt[] {
    const { net } = this;
    if (!net) return [];
    const outcome = this.admits(other) ? 'ADDRESS_IN_NETWORKS' : 'ADDRESS_OUTSIDE_NETWORKS';
    const message = (side: string) => `names ${formatCidr(net)}: the ${side} ${this.admits(other) ? 'lies in it' : 'does not lie in it'}`;
    const own = this.ports[0]?.pointer;
    return [{ pointer: own ? `${own}/net` : this.pointer, outcome, message }];
  }

  connectionsAt(): ConnectionSet {
    return this.connections;
  }

  portsAt(): readonly PortAt[] {
    return this.ports.map(({ pointer, protocol, port }) => {
      const connections = connectionsOf(protocol, port, port);
      return {
        pointer: pointer || this.pointer,
        connections,
        missing: undefined,
        text: `${protocol} ${port}`,
        named: false,
        why: undefined,
      };
    });
  }
}

const known = new WeakMap<Failsafe['ports'], Map<string, readonly ActingPolicy[]>>();

/** The failsafe ports of a node as a policy: one rule for those that are open to everybody, one for each address that others are open to; none: no port is. Made once. */
export function actingFailsafe(failsafe: Failsafe, direction: Direction, skips: boolean): readonly ActingPolicy[] {
  const ofPorts = known.get(failsafe.ports) ?? new Map<string, readonly ActingPolicy[]>();
  known.set(failsafe.ports, ofPorts);
  const key = `${direction} ${skips}`;
  const found = ofPorts.get(key) ?? makeFailsafe(failsafe, skips);
  ofPorts.set(key, found);
  return found;
}

function makeFailsafe({ configuration, pointer, ports }: Failsafe, skips: boolean): readonly ActingPolicy[] {
  const byNet = new Map<string, FailsafePort[]>();
  for (const port of ports) {
    const key = port.net ? formatCidr(port.net) : '';
    const some = byNet.get(key) ?? [];
    some.push(port);
    byNet.set(key, some);
  }
  const rules = [...byNet.values()].map((some) => new FailsafeRule(configuration, pointer, some, skips));
  return rules.flatMap((_, position) =>
    position === 0 ? { policy: configuration, pointer, place: undefined, isolates: false, rules } : [],
  );
}
