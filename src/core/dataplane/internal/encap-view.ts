import { formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Transport, Wrapping } from '../carrier.js';
import type { EncapView } from '../path-result.js';
import { trustEachOther } from './trusted-peers.js';

/** Names of what travels over a port or a protocol, where the mode's own name is not it. */
const KINDS: Readonly<Record<string, string>> = {
  vxlan: 'VXLAN',
  geneve: 'GENEVE',
  ipip: 'IPIP',
  // The header that Linux puts there (`ip fou add port … gue`).
  fou: 'GUE',
  wireguard: 'WIREGUARD',
  ipsec: 'ESP',
  gre: 'GRE',
  stt: 'STT',
  udp: 'UDP',
  fastdp: 'VXLAN',
  sleeve: 'SLEEVE',
};

/** What a mode, or an encryption, puts around packets between two nodes; undefined: nothing. */
export function encapOf(
  model: NetworkModel,
  [name, wrapping]: readonly [string, Wrapping],
  over: IpFamily,
  [from, to]: readonly [Ip | undefined, Ip | undefined],
): EncapView | undefined {
  const transport = wrapping.transport[over];
  if (!transport) return undefined;
  const { vni, tunnelPort, encryption } = model.profile.cni;
  const encryptsItself = wrapping.encrypts === 'where-told' && encryption !== 'none' && !trustEachOther(model, [from, to]);
  const isOwn = wrapping.encrypts !== true;
  const settled = isOwn && tunnelPort !== undefined && 'port' in transport ? { ...transport, port: tunnelPort } : transport;
  const isSettable = wrapping.networkId !== 'identity' && !wrapping.hasOwnNetworkId;
  const networkId = wrapping.networkId === undefined ? null : String((isSettable ? vni : undefined) ?? wrapping.networkId);
  return {
    kind: KINDS[name] ?? name.toUpperCase(),
    outerSrc: from ? formatIp(from) : '',
    outerDst: to ? formatIp(to) : '',
    ...transportView(settled),
    networkId,
    encrypted: wrapping.encrypts === true || encryptsItself,
  };
}

function transportView(transport: Transport): Pick<EncapView, 'protocol' | 'port' | 'number'> {
  if (transport.protocol === 'ip') return { protocol: 'ip', port: null, number: transport.number };
  return { protocol: transport.protocol, port: transport.port, number: null };
}

/** The device that wraps and unwraps, for pods of a family; undefined: the node's own. */
export function wrappingDevice(model: NetworkModel, { device, networkId }: Wrapping, family: IpFamily, over: IpFamily): string | undefined {
  const name = device[family] ?? device[over];
  return name?.replace('{vni}', String(model.profile.cni.vni ?? networkId ?? ''));
}
