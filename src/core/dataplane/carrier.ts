import type { IpFamily } from '../net/ip.js';

/** What a packet between nodes travels in. */
export type Transport =
  | { readonly protocol: 'udp' | 'tcp'; readonly port: number }
  /** An IP protocol of its own: 4 (IP in IP), 41 (IPv6 in IP), 47 (GRE), 50 (ESP). */
  | { readonly protocol: 'ip'; readonly number: number };

/** By the family of the underlay; undefined: nothing there, or the mode does not go over that family. */
export type ByFamily<T> = Readonly<Record<IpFamily, T | undefined>>;

/** A next hop: the other node, the device that wraps there, the first address of its range, its gateway there; the node's own end; none, the device is enough. */
export type NextHop = 'node' | 'tunnel' | 'base' | 'gateway' | 'self' | 'none';

/** What is put around a packet on its way to another node. */
export interface Wrapping {
  /** Bytes around the inner IP packet, as the plugin itself subtracts them from the MTU of the node's device. */
  readonly overhead: ByFamily<number>;
  readonly transport: ByFamily<Transport>;
  /** Bytes that are really put around a packet, where they are not those that the plugin subtracts. */
  readonly onWire?: ByFamily<number>;
  /** VNI of VXLAN and Geneve; `identity`: that of the sender. */
  readonly networkId?: number | 'identity';
  /** The device has what the kernel leaves it of the node's MTU, whatever the plugin subtracts of that of pods. */
  readonly mtuByKernel?: true;
  /** The cluster's setting of a network id is not meant. */
  readonly hasOwnNetworkId?: true;
  /** The device that wraps and unwraps, by the family of the pods, `{vni}` its network id; undefined: the node's own device. */
  readonly device: ByFamily<string>;
  /** Bytes that its own cipher puts in besides, where it encrypts. */
  readonly cipherBytes?: number;
  /** Its payload cannot be read on the way; `where-told`: where the cluster encrypts. */
  readonly encrypts?: true | 'where-told';
  readonly source: string;
}

/** How one mode of a plugin brings packets from node to node. */
export interface Carrier extends Wrapping {
  /** The pod's device keeps the node's MTU, and its routes carry the smaller one. */
  readonly mtuIsOnRoute?: true;
  /** The pod MTU where nothing is configured, whatever the node has. */
  readonly fixedMtu?: number;
  /** Pods of this family only are carried, whatever the underlay has. */
  readonly podsOf?: IpFamily;
  /** What wraps answers the sender of what is too long (ICMP), as routes do. */
  readonly tellsSender?: true;
  /** Nodes of one layer 2 segment only: routes are laid where the next node is on-link. */
  readonly onLinkOnly?: true;
  /**
   * How a packet for a pod of another node gets there: `{range}` of its pods, `{base}` the first address of that, `{peer}` the node’s own address, `{tunnel}` that of the
   * device that wraps there, `{device}` that device here.
   */
  readonly route: string;
  /** The same for what CrossSubnet leaves as it is, where that is not the route of the plugin's plain mode. */
  readonly unwrappedRoute?: string;
  /** The same for what pods send to the address of another node, where that travels so too; left out: it goes as nodes send to one another. */
  readonly toNodes?: string;
  /** The next hop of the route of the node itself; left out: the other node. */
  readonly nextHop?: NextHop;
  /** The device of that route, where it is not the one that wraps, or the node's. */
  readonly routedBy?: string;
  /** Devices on the way from the pods to the one that wraps. */
  readonly between?: readonly string[];
}

/** What encrypts packets between nodes, beside or in place of the mode's own wrapping. */
export interface Encryption extends Wrapping {
  /** Goes around the mode's own wrapping, or takes its place. */
  readonly adds: 'around' | 'instead';
  /** What nodes themselves send to pods, and pods to nodes, is left as it is. */
  readonly podsOnly?: true;
}

/** The modes of one plugin, by the names that the profile gives them. */
export interface PluginCarriers {
  readonly modes: Readonly<Record<string, Carrier>>;
  /** Taken where nothing tells the mode: what the plugin does when it is not configured. */
  readonly usual: string;
  readonly encryptions: Readonly<Partial<Record<'wireguard' | 'ipsec', Encryption>>>;
  /** Nothing is encrypted where packets go between nodes as they are, all of them or those of one subnet: the agent does not start so. */
  readonly encryptsTunnelsOnly?: true;
  /** Tunnels go over IPv4 where both nodes have it, whatever family the pods use; else the underlay has the pods' family. */
  readonly tunnelsOverIPv4?: true;
}
