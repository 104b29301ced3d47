import { formatIpProtocol } from '../../net/ip-protocol.js';
import { ALL_PORTS, subtractPorts } from '../../net/port-set.js';
import type { PolicyAction } from '../../resources/cluster-policy.js';
import type { CalicoHttpMatch, CalicoPort, CalicoRule } from '../../resources/calico-policy.js';
import { calicoConnections, portProtocol, portsOf, protocolConnections } from './calico-connections.js';
import { CalicoSide } from './calico-entity.js';
import type { CalicoReferences } from './calico-references.js';
import { ALL_CONNECTIONS, type ConnectionSet, connectionsBetween, connectionsOf, intersectConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { AnyPolicy, ConditionAt, LayerRule, PeerAt, PortAt, Whereabouts } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

const ACTIONS: Readonly<Record<'Allow' | 'Deny' | 'Pass', PolicyAction>> = { Allow: 'Accept', Deny: 'Deny', Pass: 'Pass' };

/**
 * A rule of a policy or profile of Calico in one direction: all criteria of both sides must hold. Rules that log are none: they decide nothing. There may be very
 * many at an endpoint, so that a side is made ready when it is first asked.
 */
export class CalicoLayerRule implements LayerRule {
  readonly pointer: string;
  readonly name = undefined;
  readonly action: PolicyAction;
  readonly written: string;
  readonly unordered = false;
  readonly unreadable: boolean;
  readonly fixed: boolean;
  readonly looksAtSource: boolean;
  private key: string | undefined;
  private keyOfOwn: string | undefined;
  private ownSide: CalicoSide | undefined;
  private otherSide: CalicoSide | undefined;

  constructor(
    private readonly book: CalicoReferences,
    readonly policy: AnyPolicy,
    private readonly rule: CalicoRule,
    private readonly place: { readonly direction: Direction; readonly namespace: string | undefined },
  ) {
    const action = rule.action === 'Log' ? 'Pass' : rule.action;
    this.pointer = rule.pointer;
    this.written = rule.action;
    this.unreadable = rule.failsClosed;
    this.action = rule.failsClosed && action === 'Pass' ? 'Deny' : ACTIONS[action];
    this.looksAtSource = !rule.failsClosed && named(rule.source).length > 0;
    this.fixed = rule.failsClosed || (!this.looksAtSource && named(rule.destination).length === 0 && !rule.destination.service);
  }

  get peersKey(): string {
    this.key ??= this.unreadable ? `unreadable ${this.action}` : this.keyOf(this.other);
    return this.key;
  }

  /** Sides that match the same endpoints have one key, whosever they are. */
  get ownKey(): string {
    this.keyOfOwn ??= this.unreadable ? 'anybody' : this.keyOf(this.own);
    return this.keyOfOwn;
  }

  private keyOf(side: CalicoSide): string {
    return `calico ${side.key()} ${this.rule.ipVersion ?? ''}`;
  }

  private get own(): CalicoSide {
    const { source, destination } = this.rule;
    return (this.ownSide ??= new CalicoSide(this.book, this.place.direction === 'egress' ? source : destination, this.place.namespace));
  }

  private get other(): CalicoSide {
    const { source, destination } = this.rule;
    return (this.otherSide ??= new CalicoSide(this.book, this.place.direction === 'egress' ? destination : source, this.place.namespace));
  }

  concerns(subject: PolicyEndpoint): boolean {
    return this.unreadable || (this.own.admits(subject) && this.ofVersion(subject));
  }

  /** What cannot be read: a rule that allows matches nothing, any other denies everything. */
  admits(other: PolicyEndpoint): boolean {
    if (this.unreadable) return this.action !== 'Accept';
    return this.other.admits(other) && this.ofVersion(other);
  }

  get within(): readonly Whereabouts[] | undefined {
    if (this.unreadable) return this.action === 'Accept' ? [] : undefined;
    return this.rule.ipVersion === undefined ? this.other.within : undefined;
  }

  peersAt(other: PolicyEndpoint): readonly PeerAt[] {
    const { ipVersion } = this.rule;
    const peers = this.other.peersAt(other);
    if (ipVersion === undefined || this.ofVersion(other)) return peers;
    const message = (side: string) => `is about IPv${ipVersion}, and the ${side} has no such address`;
    return [...peers, { pointer: `${this.pointer}/ipVersion`, outcome: 'OTHER_IP_VERSION', message }];
  }

  /** How an endpoint fares with the criteria of the own side. */
  ownPeersAt(endpoint: PolicyEndpoint): readonly PeerAt[] {
    return this.own.peersAt(endpoint);
  }

  connectionsAt(destination: PolicyEndpoint, source: PolicyEndpoint): ConnectionSet {
    if (this.unreadable) return ALL_CONNECTIONS;
    const set = calicoConnections(this.rule, this.book, { source, destination });
    const { service } = this.rule.destination;
    return service ? intersectConnections(set, this.book.services.servedAt(service, destination)) : set;
  }

  portsAt(destination: PolicyEndpoint, source: PolicyEndpoint): readonly PortAt[] {
    const { rule } = this;
    const protocol = portProtocol(rule);
    const entry = { missing: undefined, named: false, why: undefined };
    const whole = protocolConnections(rule);
    const plain =
      whole === ALL_CONNECTIONS ? [] : [{ ...entry, pointer: `${this.pointer}/protocol`, connections: whole, text: protocolWords(rule) }];
    const service = rule.destination.service;
    if (service) {
      const text = `the ports of Service ${service.namespace}/${service.name}`;
      plain.push({
        ...entry,
        pointer: `${rule.destination.pointer}/services`,
        connections: this.book.services.servedAt(service, destination),
        text,
      });
    }
    if (!protocol) return plain;
    const { ports, notPorts } = rule.destination;
    const known = () => this.book.namedPortsOf(destination);
    const listed = ports.map((port): PortAt => {
      const connections = connectionsBetween(protocol, ALL_PORTS, portsOf([port], protocol, known));
      const missing = port.type === 'name' && portsOf([port], protocol, known).length === 0 ? missingAt(destination) : undefined;
      return { pointer: port.pointer, connections, missing, text: portWords(protocol, port), named: port.type === 'name', why: undefined };
    });
    const others: PortAt[] = [];
    if (notPorts.length > 0) {
      const rest = subtractPorts(ALL_PORTS, portsOf(notPorts, protocol, known));
      const text = `${protocol} but ${notPorts.map(plainPort).join(', ')}`;
      others.push({
        ...entry,
        pointer: `${rule.destination.pointer}/notPorts`,
        connections: connectionsBetween(protocol, ALL_PORTS, rest),
        text,
      });
    }
    const from = this.sourcePorts(source);
    if (from) others.push({ ...entry, ...from });
    return listed.length + others.length > 0 ? [...listed, ...others] : plain;
  }

  /** "HTTPMatch … applies only to HTTP requests": a proxy asks, beside what the rule allows. */
  conditionsAt(): readonly ConditionAt[] {
    const { http } = this.rule;
    if (!http || this.unreadable) return [];
    const text = `${httpWords(http)}; other requests are left to the rules after it`;
    return [{ pointer: `${this.pointer}/http`, kind: 'HTTP', connections: connectionsOf('TCP'), text, lasting: false }];
  }

  /** What the rule says of the ports of the sender. */
  private sourcePorts(source: PolicyEndpoint): Pick<PortAt, 'pointer' | 'connections' | 'text'> | undefined {
    const { ports, notPorts, pointer } = this.rule.source;
    if (ports.length + notPorts.length === 0) return undefined;
    const protocol = portProtocol(this.rule);
    const parts = [ports.map(plainPort).join(', '), notPorts.length === 0 ? '' : `not ${notPorts.map(plainPort).join(', ')}`];
    const everywhere = { ...this.rule, destination: { ...this.rule.destination, ports: [], notPorts: [] } };
    const connections = calicoConnections(everywhere, this.book, { source, destination: source });
    const text = `${protocol ?? ''} from source ports ${parts.filter(Boolean).join(', ')}`;
    return { pointer: `${pointer}/${ports.length > 0 ? 'ports' : 'notPorts'}`, connections, text };
  }

  private ofVersion(endpoint: PolicyEndpoint): boolean {
    const { ipVersion } = this.rule;
    return ipVersion === undefined || this.book.familiesOf(endpoint).includes(ipVersion);
  }
}

function named({ ports, notPorts }: CalicoRule['source']): readonly CalicoPort[] {
  return [...ports, ...notPorts].filter(({ type }) => type === 'name');
}

function missingAt(endpoint: PolicyEndpoint): PortAt['missing'] {
  return endpoint.kind === 'pod' ? 'NAMED_PORT_NOT_FOUND' : 'NAMED_PORT_NEEDS_POD';
}

/** `TCP 80`, `TCP 100-200`, `TCP http`. */
function portWords(protocol: string, port: CalicoPort): string {
  return port.type === 'name' ? port.name : `${protocol} ${plainPort(port)}`;
}

/** `80`, `100-200`, `http`. */
export function plainPort(port: CalicoPort): string {
  if (port.type === 'name') return port.name;
  return port.from === port.to ? `${port.from}` : `${port.from}-${port.to}`;
}

/** `ICMP type 8`, `all protocols but TCP`. */
export function protocolWords({ protocol, notProtocol, icmp, notIcmp }: CalicoRule): string {
  const message = (prefix: string, match: CalicoRule['icmp']) =>
    match?.type === undefined ? '' : `${prefix} type ${match.type}${match.code === undefined ? '' : ` code ${match.code}`}`;
  const base = protocol === undefined ? 'all protocols' : formatIpProtocol(protocol);
  const excluded = notProtocol === undefined ? '' : ` but ${formatIpProtocol(notProtocol)}`;
  return `${base}${excluded}${message('', icmp)}${message(' but', notIcmp)}`;
}

/** `HTTP GET, POST of /api/*`. */
export function httpWords({ methods, paths }: CalicoHttpMatch): string {
  const what = methods.length === 0 || methods.includes('*') ? 'any method' : methods.join(', ');
  const where = paths.map(({ type, path }) => `${path}${type === 'prefix' ? '*' : ''}`).join(', ');
  return `HTTP ${what}${where === '' ? '' : ` of ${where}`}`;
}
