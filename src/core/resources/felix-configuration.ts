import type { Ip } from '../net/ip.js';
import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** A port of nodes that stays open whatever policies say. */
export interface FailsafePort {
  readonly pointer: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
  /** Whom it is open to (inbound) or leads to (outbound); undefined: everybody. */
  readonly net: Cidr | undefined;
}

/** "DefaultEndpointToHostAction controls what happens to traffic that goes from a workload endpoint to the host itself". */
export type EndpointToHostAction = 'Accept' | 'Drop' | 'Return';

/** Calico's FelixConfiguration, the fields that profiles and policies of nodes are read from. Undefined: not given. */
export interface FelixConfiguration extends Resource {
  readonly kind: 'FelixConfiguration';
  readonly bpfEnabled: boolean | undefined;
  readonly wireguardEnabled: boolean | undefined;
  readonly bpfExternalServiceMode: 'Tunnel' | 'DSR' | undefined;
  readonly bpfConnectTimeLoadBalancing: 'TCP' | 'Enabled' | 'Disabled' | undefined;
  /** Whether there is IPIP, or VXLAN over IPv4, whatever the pools say. */
  readonly ipipEnabled: boolean | undefined;
  readonly vxlanEnabled: boolean | undefined;
  readonly wireguardEnabledV6: boolean | undefined;
  /** What nodes themselves send is encrypted too. */
  readonly wireguardHostEncryptionEnabled: boolean | undefined;
  /** The MTU of what travels in each. 0: Felix reckons it from the MTU of the node's device, whatever a configuration that goes after this one says. */
  readonly ipipMTU: number | undefined;
  readonly vxlanMTU: number | undefined;
  readonly vxlanMTUV6: number | undefined;
  readonly wireguardMTU: number | undefined;
  readonly wireguardMTUV6: number | undefined;
  readonly vxlanVNI: number | undefined;
  readonly vxlanPort: number | undefined;
  readonly natOutgoingExclusions: 'IPPoolsOnly' | 'IPPoolsAndHostIPs' | undefined;
  /** What leaves by natOutgoing gets this address in place of the node's. */
  readonly natOutgoingAddress: Ip | undefined;
  readonly endpointToHost: EndpointToHostAction | undefined;
  /** Empty: no port stays open. */
  readonly failsafeInbound: readonly FailsafePort[] | undefined;
  readonly failsafeOutbound: readonly FailsafePort[] | undefined;
}
