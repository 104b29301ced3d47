import type { PluginCarriers } from '../../carrier.js';
import { ip, NOWHERE, onlyIPv4, udp } from './builders.js';

/** What Weave gives its bridge: 1460 − (20 IP + 8 UDP + 8 VXLAN + 14 Ethernet + 34 ESP), fast datapath or not, encrypted or not. */
const OF_BRIDGE = {
  overhead: onlyIPv4(84),
  fixedMtu: 1376,
  source: 'weaveworks/weave net/bridge.go, site/tasks/manage/fastdp.md',
  routedBy: 'weave',
  nextHop: 'none',
} as const;

/** Weave Net: packets go through the kernel's datapath, or through the process weaver where that cannot be. */
export const WEAVE: PluginCarriers = {
  usual: 'fastdp',
  modes: {
    fastdp: {
      ...OF_BRIDGE,
      onWire: onlyIPv4(50),
      transport: onlyIPv4(udp(6784)),
      device: onlyIPv4('vxlan-6784'),
      between: ['vethwe-bridge', 'vethwe-datapath'],
      route: 'the bridge has learned where the receiver’s MAC is; a flow of the datapath leads to {peer}',
    },
    sleeve: {
      ...OF_BRIDGE,
      // router/consts.go, UDPOverhead and EthernetOverhead: 28 and 14; router/crypto.go: 6 for the name of the sender, and 14 before each frame (NonEncryptor, PacketOverhead, FrameOverhead).
      onWire: onlyIPv4(62),
      // A sequence number and secretbox.Overhead (NaClEncryptor, PacketOverhead).
      cipherBytes: 24,
      // It finds out the path's MTU, cuts what may be cut, and answers for the rest (router/sleeve.go).
      tellsSender: true,
      transport: onlyIPv4(udp(6783)),
      device: onlyIPv4('weaver'),
      between: ['vethwe-bridge', 'vethwe-pcap'],
      route: 'the process weaver captures the frame and sends it to {peer}',
      // With a password by NaCl, in the very packets (site/concepts/encryption.md).
      encrypts: 'where-told',
    },
  },
  encryptions: {
    // Transport mode: the tunnel's UDP goes into ESP between the same addresses (net/ipsec/ipsec.go, docs/fastdp-crypto.md). The bridge leaves room for it in any case.
    ipsec: {
      adds: 'around',
      overhead: onlyIPv4(0),
      onWire: onlyIPv4(34),
      transport: onlyIPv4(ip(50)),
      device: NOWHERE,
      encrypts: true,
      source: 'weaveworks/weave net/ipsec/ipsec.go, net/bridge.go',
    },
  },
};
