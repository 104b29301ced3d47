import type { PluginCarriers } from '../../carrier.js';
import { both, ip, onlyIPv4, plain, udp } from './builders.js';

const BACKENDS = 'flannel-io/flannel pkg/backend';

/** The backends of Flannel, which carry packets in Canal too. */
export const FLANNEL: PluginCarriers = {
  usual: 'vxlan',
  modes: {
    // 50 over both families, though the header of IPv6 has 20 bytes more: a defect of Flannel that its users meet.
    vxlan: {
      overhead: both(50),
      onWire: { 4: 50, 6: 70 },
      transport: both(udp(8472)),
      networkId: 1,
      device: { 4: 'flannel.{vni}', 6: 'flannel-v6.{vni}' },
      route: 'flanneld’s route {range} via {base} dev {device} onlink; neighbour and FDB entries lead to {peer}',
      nextHop: 'base',
      source: `${BACKENDS}/vxlan/vxlan_network.go`,
    },
    'host-gw': { ...plain(`${BACKENDS}/hostgw/hostgw.go`, 'flanneld’s route {range} via {peer}'), onLinkOnly: true },
    ipip: {
      overhead: onlyIPv4(20),
      transport: onlyIPv4(ip(4)),
      device: onlyIPv4('flannel.ipip'),
      route: 'flanneld’s route {range} via {peer} dev flannel.ipip onlink',
      source: `${BACKENDS}/ipip/ipip.go`,
    },
    wireguard: {
      overhead: both(80),
      transport: { 4: udp(51_820), 6: udp(51_821) },
      device: { 4: 'flannel-wg', 6: 'flannel-wg-v6' },
      route: 'flanneld’s route to the pods’ network dev {device}: {range} is allowed to the peer {peer}',
      nextHop: 'none',
      encrypts: true,
      source: `${BACKENDS}/wireguard/wireguard_network.go`,
    },
    udp: {
      overhead: onlyIPv4(28),
      transport: onlyIPv4(udp(8285)),
      device: onlyIPv4('flannel0'),
      route: 'the route of the TUN device flannel0, which flanneld reads: {range} is at {peer}',
      nextHop: 'none',
      source: `${BACKENDS}/udp/udp_network_amd64.go`,
    },
  },
  encryptions: {},
};
