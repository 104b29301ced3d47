import { compareBy } from '../../kernel/compare.js';
import type { Steps } from '../../kernel/steps.js';
import type { FelixAgent } from '../../model/felix-settings.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { CniProfile } from '../../model/network-profile.js';
import { formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import type { FailsafePort, FelixConfiguration } from '../../resources/felix-configuration.js';
import { DEFAULT_FELIX_CONFIGURATION } from '../../resources/default-felix-configuration.js';
import type { Direction } from './direction.js';
import type { HostEndpoint } from './policy-endpoint.js';

/** The host endpoint that governs an interface. */
export interface Governing {
  readonly host: CalicoHostEndpoint;
  readonly wildcard: boolean;
  /** Why it is taken to be that one, where the objects leave it open which interface packets take. */
  readonly assumed: string | undefined;
}

/** The ports of a node that stay open, and the object that says so. */
export interface Failsafe {
  readonly configuration: FelixConfiguration;
  /** Where they stand in it. */
  readonly pointer: string;
  readonly ports: readonly FailsafePort[];
}

/** What Felix does about pods that send to their own node, and the object that says so, where one does. */
export interface EndpointToHost {
  readonly configuration: FelixConfiguration;
  readonly pointer: string;
  readonly drops: boolean;
}

type AskedModel = Pick<NetworkModel, 'calico' | 'nodes' | 'profile' | 'profileSources' | 'felixEnvironment' | 'felixAgent'>;

/** Those of one node by name. */
interface HostsOfNode {
  /** Of one interface each. */
  readonly specific: CalicoHostEndpoint[];
  wildcard: CalicoHostEndpoint | undefined;
  /** The first of them that expects an address, by its text. */
  readonly expecting: Map<string, CalicoHostEndpoint>;
}

/** Interfaces of Calico's tunnels by the mode of the plugin (felix `dataplane/linux`); `flannel.1` carries the packets of Canal. */
const TUNNELS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ipip', ['tunl0']],
  ['vxlan', ['vxlan.calico', 'vxlan-v6.calico', 'flannel.1']],
  ['wireguard', ['wireguard.cali', 'wg-v6.cali']],
]);

function tunnelsOf({ mode = '', crossSubnet }: Pick<CniProfile, 'mode' | 'crossSubnet'>): readonly string[] | undefined {
  return crossSubnet ? undefined : TUNNELS.get(mode);
}

/** The name of an interface over which nodes exchange packets of the cluster, where that is a tunnel. */
export function tunnelInterface(cni: Pick<CniProfile, 'mode' | 'crossSubnet'>): string | undefined {
  return tunnelsOf(cni)?.[0];
}

/**
 * Which host endpoint governs which interface of a node (felix `dataplane/linux/endpoint_mgr.go`): the one that names it, else the one that expects an address
 * of it, else the one of every interface, and of several the first by name. The model knows addresses of nodes and no interfaces, so that an endpoint that names
 * one is known by the addresses that it expects.
 */
export class CalicoHosts {
  private readonly felix: ReadonlyMap<string, FelixConfiguration>;

  private constructor(
    private readonly model: AskedModel,
    private readonly byNode: ReadonlyMap<string, HostsOfNode>,
  ) {
    this.felix = new Map(model.calico.felixConfigurations.map((one) => [one.ref.name, one]));
  }

  /** Yields after each host endpoint. */
  static *of(model: AskedModel): Steps<CalicoHosts> {
    const byNode = new Map<string, HostsOfNode>();
    for (const host of model.calico.hostEndpoints.toSorted(compareBy(({ ref }) => ref.name))) {
      yield;
      if (host.node === undefined) continue;
      const known = byNode.get(host.node) ?? { specific: [], wildcard: undefined, expecting: new Map<string, CalicoHostEndpoint>() };
      byNode.set(host.node, known);
      if (host.interfaceName === '*') known.wildcard ??= host;
      else {
        known.specific.push(host);
        for (const text of host.expectedIPs.map(formatIp)) if (!known.expecting.has(text)) known.expecting.set(text, host);
      }
    }
    return new CalicoHosts(model, byNode);
  }

  /** The one of the interface that has the address; of a node whose address is not known, of its only interface. */
  at({ node, address }: Pick<HostEndpoint, 'node' | 'address'>): Governing | undefined {
    const own = node === undefined ? undefined : this.byNode.get(node);
    if (!own) return undefined;
    const expecting = address && own.expecting.get(formatIp(address));
    if (expecting) return { host: expecting, wildcard: false, assumed: undefined };
    const silent = own.specific.find(({ expectedIPs }) => !expectedIPs.some(({ family }) => address && family === address.family));
    const { wildcard } = own;
    const where = address ? formatIp(address) : 'its node';
    if (wildcard)
      return {
        host: wildcard,
        wildcard: true,
        assumed: silent && `${nameOf(silent)} is taken for another interface than that of ${where}`,
      };
    return silent && { host: silent, wildcard: false, assumed: `${nameOf(silent)} is taken for the interface of ${where}` };
  }

  /** The one of every interface of a node, those of its pods included. */
  wildcardOf(node: string | undefined): CalicoHostEndpoint | undefined {
    return node === undefined ? undefined : this.byNode.get(node)?.wildcard;
  }

  /** The one of the interface over which a node exchanges packets with the world, or with others of the cluster (`inside`), which may be a tunnel. */
  between({ node, address }: Pick<HostEndpoint, 'node' | 'address'>, inside: boolean): Governing | undefined {
    const tunnels = inside ? tunnelsOf(this.model.profile.cni) : undefined;
    if (!tunnels) return this.at({ node, address });
    const named = this.specificOf(node).find(({ interfaceName }) => interfaceName !== undefined && tunnels.includes(interfaceName));
    if (named) return { host: named, wildcard: false, assumed: undefined };
    const wildcard = this.wildcardOf(node);
    return wildcard && { host: wildcard, wildcard: true, assumed: undefined };
  }

  /** The address by which others reach a node: the first of the family. */
  addressOf(node: string | undefined, family: IpFamily | undefined): Ip | undefined {
    const addresses = node === undefined ? [] : (this.model.nodes.get(node)?.addresses ?? []);
    return (addresses.find(({ ip }) => family === undefined || ip.family === family) ?? addresses[0])?.ip;
  }

  /** The ports that stay open on a node: what the environment of calico-node says goes before every object. */
  failsafe(direction: Direction, node: string | undefined): Failsafe {
    const field = direction === 'ingress' ? 'failsafeInbound' : 'failsafeOutbound';
    const pointer = `/spec/${field}HostPorts`;
    const { felixEnvironment, felixAgent } = this.model;
    const told = felixEnvironment[field];
    if (felixAgent && told) return { configuration: ofEnvironment(felixAgent), pointer: felixAgent.pointer, ports: told };
    for (const configuration of Object.hasOwn(felixEnvironment, field) ? [] : this.configurationsOf(node)) {
      const ports = configuration[field];
      if (ports) return { configuration, pointer, ports };
    }
    return { configuration: DEFAULT_FELIX_CONFIGURATION, pointer, ports: DEFAULT_FELIX_CONFIGURATION[field] };
  }

  /** What becomes of what pods send to their own node. The profile tells what is so on every node: what a user has set goes before all that objects say of one. */
  endpointToHost(node: string | undefined): EndpointToHost {
    const { felixEnvironment, felixAgent, profile, profileSources } = this.model;
    const ofCluster = profile.policy.calico.endpointToHost;
    const isSet = profileSources.get('policy.calico.endpointToHost')?.provenance === 'set';
    if (!isSet && felixAgent && Object.hasOwn(felixEnvironment, 'endpointToHost'))
      return { configuration: ofEnvironment(felixAgent), pointer: felixAgent.pointer, drops: ofCluster === 'Drop' };
    const own = isSet
      ? undefined
      : this.configurationsOf(node).find(({ ref, endpointToHost }) => ref.name !== 'default' && endpointToHost !== undefined);
    const configuration = own ?? this.felix.get('default') ?? DEFAULT_FELIX_CONFIGURATION;
    return { configuration, pointer: '/spec/defaultEndpointToHostAction', drops: (own?.endpointToHost ?? ofCluster) === 'Drop' };
  }

  /** Those that speak about a node, its own first. */
  private configurationsOf(node: string | undefined): readonly FelixConfiguration[] {
    return [`node.${node ?? ''}`, 'default'].flatMap((name) => this.felix.get(name) ?? []);
  }

  private specificOf(node: string | undefined): readonly CalicoHostEndpoint[] {
    return node === undefined ? [] : (this.byNode.get(node)?.specific ?? []);
  }
}

/** The container in which Felix runs, in the place of the object that configures it. */
function ofEnvironment({ object }: FelixAgent): FelixConfiguration {
  return { ...DEFAULT_FELIX_CONFIGURATION, ref: object };
}

function nameOf({ ref, interfaceName }: CalicoHostEndpoint): string {
  return `HostEndpoint ${ref.name}${interfaceName === undefined ? '' : ` (\`${interfaceName}\`)`}`;
}
