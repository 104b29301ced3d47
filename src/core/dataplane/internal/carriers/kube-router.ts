import type { Carrier, PluginCarriers } from '../../carrier.js';
import { both, ip, plain, udp } from './builders.js';

/**
 * A tunnel to each node. Pods have the MTU of the node's device: "it mostly leaves MTU alone" (cloudnativelabs/kube-router#1086, since 1.3; `pkg/utils/node.go`, GetNodeMTU), and the tunnel that which the
 * kernel gives it (Linux `net/ipv4/ip_tunnel.c`, ip_tunnel_bind_dev; `net/ipv6/ip6_tunnel.c`, ip6_tnl_link_config), so that the route to it answers for what is too long.
 */
const TUNNEL = {
  overhead: both(0),
  mtuByKernel: true,
  tellsSender: true,
  route: 'the route {range} dev the tunnel to {peer}',
  // Table 77, which a rule from the pods' range leads to.
  toNodes: 'kube-router’s table for what pods send: {peer} is dev the tunnel to it',
  source: 'cloudnativelabs/kube-router docs/tunnels.md, pkg/tunnels/linux_tunnels.go',
} as const satisfies Partial<Carrier>;

/** kube-router: BGP alone, or tunnels too, to nodes of other subnets or to all. */
export const KUBE_ROUTER: PluginCarriers = {
  usual: 'bgp',
  modes: {
    bgp: plain('cloudnativelabs/kube-router docs/bgp.md', 'the BGP route {range} via {peer}'),
    // ip6ip6 has a header of 40 bytes and, as by default, the 8 of its encapsulation limit.
    ipip: { ...TUNNEL, onWire: { 4: 20, 6: 48 }, transport: { 4: ip(4), 6: ip(41) }, device: both('tun-ipip') },
    // `--overlay-encap=fou`: the same in UDP, 8, with a header of GUE, 4 (Linux `net/ipv4/fou_core.c`, gue_encap_hlen).
    fou: { ...TUNNEL, onWire: { 4: 32, 6: 60 }, transport: both(udp(5555)), device: both('tun-fou') },
  },
  encryptions: {},
};
