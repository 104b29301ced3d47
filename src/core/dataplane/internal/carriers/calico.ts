import type { PluginCarriers } from '../../carrier.js';
import { both, ip, onlyIPv4, plain, udp } from './builders.js';

const FELIX = 'projectcalico/calico felix/dataplane/linux/{int_dataplane,vxlan_mgr,route_mgr}.go, felix/config/config_params.go';

/** The modes of Calico. What a pool of VXLAN leaves as it is has Felix’ routes too; elsewhere they are BIRD’s. */
export const CALICO: PluginCarriers = {
  usual: 'ipip',
  modes: {
    bgp: plain(FELIX, 'BIRD’s route {range} via {peer}'),
    ipip: {
      overhead: onlyIPv4(20),
      transport: onlyIPv4(ip(4)),
      device: onlyIPv4('tunl0'),
      route: 'BIRD’s route {range} via {peer} dev tunl0 onlink',
      source: FELIX,
    },
    vxlan: {
      overhead: { 4: 50, 6: 70 },
      transport: both(udp(4789)),
      networkId: 4096,
      device: { 4: 'vxlan.calico', 6: 'vxlan-v6.calico' },
      route: 'Felix’ route {range} via {tunnel} dev {device} onlink, whose FDB entry is {peer}',
      nextHop: 'tunnel',
      unwrappedRoute: 'Felix’ route {range} via {peer}',
      source: FELIX,
    },
    wireguard: {
      overhead: { 4: 60, 6: 80 },
      transport: { 4: udp(51_820), 6: udp(51_821) },
      device: { 4: 'wireguard.cali', 6: 'wg-v6.cali' },
      route: 'Felix’ rule 99 to the table of {device}: {range} is allowed to the peer {peer}',
      nextHop: 'none',
      encrypts: true,
      source: FELIX,
    },
  },
  encryptions: {},
};
