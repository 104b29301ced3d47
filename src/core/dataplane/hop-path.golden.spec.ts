import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { CniPlugin } from '../model/network-profile.js';
import { CARRIERS } from './carriers.js';
import { podMtu } from './pod-mtu.js';

/**
 * Every plugin and mode: `plugin mode [CrossSubnet, or encryption] = MTU of pods[/of the path between nodes], W= what is put around a packet`, and the ways of a packet from pod `a` to a pod of its node,
 * to one of a node in its subnet, to one of a node in another subnet, to an address outside, and to a service whose pod is in its subnet.
 *
 * Sources. Flannel: `pkg/backend/*`, its CNI plugin's bridge `cni0`. Calico: docs.tigera.io "Overlay networking", "Frequently asked questions"; `felix/dataplane/linux`.
 * Weave: site/concepts/{router-topology,fast-data-path}.md, `net/bridge.go`. Cilium: Documentation/network/{concepts/routing,ebpf/lifeofapacket}.rst,
 * Documentation/security/network/encryption-{wireguard,ipsec}.rst. Weave: site/concepts/encryption.md, net/ipsec/ipsec.go. Antrea: docs/design/architecture.md, docs/noencap-hybrid-modes.md, docs/traffic-encryption.md. Kube-OVN: docs, overlay.
 * VPC CNI: docs/cni-proposal.md. Canal: projectcalico/canal README, Flannel between nodes and Calico's devices on them. Kube-OVN's VLAN: pkg/util ExternalBridgeName,
 * pkg/daemon/gateway.go getSubnetsNeedNAT. OVN-Kubernetes: docs/design/topology.md, dist/images/ovnkube.sh: the shared gateway. Azure: transparent mode. Kube-router: docs/{how-it-works,bgp,tunnels}.md.
 * Macvlan: Linux drivers/net/macvlan.c, containernetworking/plugins plugins/main/macvlan.
 * Services: kubernetes `pkg/proxy/iptables/proxier.go`.
 */
const GOLDEN = `
calico bgp = 1500
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* eth0 | eth0 cali* eth0
  cross    eth0 cali* eth0 | routers | eth0 cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT eth0 | eth0 cali* eth0
calico ipip = 1480 W=IPIP 4
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* tunl0(W) eth0(W) | eth0(W) tunl0 cali* eth0
  cross    eth0 cali* tunl0(W) eth0(W) | routers(W) | eth0(W) tunl0 cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT tunl0(W) eth0(W) | eth0(W) tunl0 cali* eth0
calico vxlan = 1450 W=VXLAN 4789 vni 4096
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* vxlan.calico(W) eth0(W) | eth0(W) vxlan.calico cali* eth0
  cross    eth0 cali* vxlan.calico(W) eth0(W) | routers(W) | eth0(W) vxlan.calico cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT vxlan.calico(W) eth0(W) | eth0(W) vxlan.calico cali* eth0
calico wireguard = 1440 W=WIREGUARD 51820
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* wireguard.cali(W) eth0(W) | eth0(W) wireguard.cali cali* eth0
  cross    eth0 cali* wireguard.cali(W) eth0(W) | routers(W) | eth0(W) wireguard.cali cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT wireguard.cali(W) eth0(W) | eth0(W) wireguard.cali cali* eth0
calico ipip CrossSubnet = 1480 W=IPIP 4
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* eth0 | eth0 cali* eth0
  cross    eth0 cali* tunl0(W) eth0(W) | routers(W) | eth0(W) tunl0 cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT eth0 | eth0 cali* eth0
calico vxlan CrossSubnet = 1450 W=VXLAN 4789 vni 4096
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* eth0 | eth0 cali* eth0
  cross    eth0 cali* vxlan.calico(W) eth0(W) | routers(W) | eth0(W) vxlan.calico cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT eth0 | eth0 cali* eth0
flannel vxlan = 1450 W=VXLAN 8472 vni 1
  same     eth0 veth* cni0 veth* eth0
  subnet   eth0 veth* cni0 flannel.1(W) eth0(W) | eth0(W) flannel.1 cni0 veth* eth0
  cross    eth0 veth* cni0 flannel.1(W) eth0(W) | routers(W) | eth0(W) flannel.1 cni0 veth* eth0
  external eth0 veth* cni0 eth0>SNAT | the gateway
  service  eth0 veth* cni0>DNAT flannel.1(W) eth0(W) | eth0(W) flannel.1 cni0 veth* eth0
flannel vxlan CrossSubnet = 1450 W=VXLAN 8472 vni 1
  same     eth0 veth* cni0 veth* eth0
  subnet   eth0 veth* cni0 eth0 | eth0 cni0 veth* eth0
  cross    eth0 veth* cni0 flannel.1(W) eth0(W) | routers(W) | eth0(W) flannel.1 cni0 veth* eth0
  external eth0 veth* cni0 eth0>SNAT | the gateway
  service  eth0 veth* cni0>DNAT eth0 | eth0 cni0 veth* eth0
flannel host-gw = 1500
  same     eth0 veth* cni0 veth* eth0
  subnet   eth0 veth* cni0 eth0 | eth0 cni0 veth* eth0
  cross    NO_ROUTE eth0 veth* cni0
  external eth0 veth* cni0 eth0>SNAT | the gateway
  service  eth0 veth* cni0>DNAT eth0 | eth0 cni0 veth* eth0
flannel ipip = 1480 W=IPIP 4
  same     eth0 veth* cni0 veth* eth0
  subnet   eth0 veth* cni0 flannel.ipip(W) eth0(W) | eth0(W) flannel.ipip cni0 veth* eth0
  cross    eth0 veth* cni0 flannel.ipip(W) eth0(W) | routers(W) | eth0(W) flannel.ipip cni0 veth* eth0
  external eth0 veth* cni0 eth0>SNAT | the gateway
  service  eth0 veth* cni0>DNAT flannel.ipip(W) eth0(W) | eth0(W) flannel.ipip cni0 veth* eth0
flannel wireguard = 1420 W=WIREGUARD 51820
  same     eth0 veth* cni0 veth* eth0
  subnet   eth0 veth* cni0 flannel-wg(W) eth0(W) | eth0(W) flannel-wg cni0 veth* eth0
  cross    eth0 veth* cni0 flannel-wg(W) eth0(W) | routers(W) | eth0(W) flannel-wg cni0 veth* eth0
  external eth0 veth* cni0 eth0>SNAT | the gateway
  service  eth0 veth* cni0>DNAT flannel-wg(W) eth0(W) | eth0(W) flannel-wg cni0 veth* eth0
flannel udp = 1472 W=UDP 8285
  same     eth0 veth* cni0 veth* eth0
  subnet   eth0 veth* cni0 flannel0(W) eth0(W) | eth0(W) flannel0 cni0 veth* eth0
  cross    eth0 veth* cni0 flannel0(W) eth0(W) | routers(W) | eth0(W) flannel0 cni0 veth* eth0
  external eth0 veth* cni0 eth0>SNAT | the gateway
  service  eth0 veth* cni0>DNAT flannel0(W) eth0(W) | eth0(W) flannel0 cni0 veth* eth0
canal vxlan = 1450 W=VXLAN 8472 vni 1
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* flannel.1(W) eth0(W) | eth0(W) flannel.1 cali* eth0
  cross    eth0 cali* flannel.1(W) eth0(W) | routers(W) | eth0(W) flannel.1 cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT flannel.1(W) eth0(W) | eth0(W) flannel.1 cali* eth0
canal host-gw = 1500
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* eth0 | eth0 cali* eth0
  cross    NO_ROUTE eth0 cali*
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT eth0 | eth0 cali* eth0
canal ipip = 1480 W=IPIP 4
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* flannel.ipip(W) eth0(W) | eth0(W) flannel.ipip cali* eth0
  cross    eth0 cali* flannel.ipip(W) eth0(W) | routers(W) | eth0(W) flannel.ipip cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT flannel.ipip(W) eth0(W) | eth0(W) flannel.ipip cali* eth0
canal wireguard = 1420 W=WIREGUARD 51820
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* flannel-wg(W) eth0(W) | eth0(W) flannel-wg cali* eth0
  cross    eth0 cali* flannel-wg(W) eth0(W) | routers(W) | eth0(W) flannel-wg cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT flannel-wg(W) eth0(W) | eth0(W) flannel-wg cali* eth0
canal udp = 1472 W=UDP 8285
  same     eth0 cali* cali* eth0
  subnet   eth0 cali* flannel0(W) eth0(W) | eth0(W) flannel0 cali* eth0
  cross    eth0 cali* flannel0(W) eth0(W) | routers(W) | eth0(W) flannel0 cali* eth0
  external eth0 cali* eth0>SNAT | the gateway
  service  eth0 cali*>DNAT flannel0(W) eth0(W) | eth0(W) flannel0 cali* eth0
weave fastdp = 1376 W=VXLAN 6784
  same     eth0 veth* weave veth* eth0
  subnet   eth0 veth* weave vethwe-bridge vethwe-datapath vxlan-6784(W) eth0(W) | eth0(W) vxlan-6784 vethwe-datapath vethwe-bridge weave veth* eth0
  cross    eth0 veth* weave vethwe-bridge vethwe-datapath vxlan-6784(W) eth0(W) | routers(W) | eth0(W) vxlan-6784 vethwe-datapath vethwe-bridge weave veth* eth0
  external eth0 veth* weave eth0>SNAT | the gateway
  service  eth0 veth* weave>DNAT vethwe-bridge vethwe-datapath vxlan-6784(W) eth0(W) | eth0(W) vxlan-6784 vethwe-datapath vethwe-bridge weave veth* eth0
weave fastdp ipsec = 1376 W=ESP 50 around VXLAN 6784
  same     eth0 veth* weave veth* eth0
  subnet   eth0 veth* weave vethwe-bridge vethwe-datapath vxlan-6784(VXLAN 6784) eth0(W) | eth0(W) vxlan-6784 vethwe-datapath vethwe-bridge weave veth* eth0
  cross    eth0 veth* weave vethwe-bridge vethwe-datapath vxlan-6784(VXLAN 6784) eth0(W) | routers(W) | eth0(W) vxlan-6784 vethwe-datapath vethwe-bridge weave veth* eth0
  external eth0 veth* weave eth0>SNAT | the gateway
  service  eth0 veth* weave>DNAT vethwe-bridge vethwe-datapath vxlan-6784(VXLAN 6784) eth0(W) | eth0(W) vxlan-6784 vethwe-datapath vethwe-bridge weave veth* eth0
weave sleeve = 1376 W=SLEEVE 6783
  same     eth0 veth* weave veth* eth0
  subnet   eth0 veth* weave vethwe-bridge vethwe-pcap weaver(W) eth0(W) | eth0(W) weaver vethwe-pcap vethwe-bridge weave veth* eth0
  cross    eth0 veth* weave vethwe-bridge vethwe-pcap weaver(W) eth0(W) | routers(W) | eth0(W) weaver vethwe-pcap vethwe-bridge weave veth* eth0
  external eth0 veth* weave eth0>SNAT | the gateway
  service  eth0 veth* weave>DNAT vethwe-bridge vethwe-pcap weaver(W) eth0(W) | eth0(W) weaver vethwe-pcap vethwe-bridge weave veth* eth0
weave sleeve ipsec = 1376 W=SLEEVE 6783
  same     eth0 veth* weave veth* eth0
  subnet   eth0 veth* weave vethwe-bridge vethwe-pcap weaver(W) eth0(W) | eth0(W) weaver vethwe-pcap vethwe-bridge weave veth* eth0
  cross    eth0 veth* weave vethwe-bridge vethwe-pcap weaver(W) eth0(W) | routers(W) | eth0(W) weaver vethwe-pcap vethwe-bridge weave veth* eth0
  external eth0 veth* weave eth0>SNAT | the gateway
  service  eth0 veth* weave>DNAT vethwe-bridge vethwe-pcap weaver(W) eth0(W) | eth0(W) weaver vethwe-pcap vethwe-bridge weave veth* eth0
cilium vxlan = 1450 W=VXLAN 8472 vni identity
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_vxlan(W) eth0(W) | eth0(W) cilium_vxlan lxc* eth0
  cross    eth0 lxc* cilium_vxlan(W) eth0(W) | routers(W) | eth0(W) cilium_vxlan lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_vxlan(W) eth0(W) | eth0(W) cilium_vxlan lxc* eth0
cilium geneve = 1450 W=GENEVE 6081 vni identity
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_geneve(W) eth0(W) | eth0(W) cilium_geneve lxc* eth0
  cross    eth0 lxc* cilium_geneve(W) eth0(W) | routers(W) | eth0(W) cilium_geneve lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_geneve(W) eth0(W) | eth0(W) cilium_geneve lxc* eth0
cilium native = 1500
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* eth0 | eth0 lxc* eth0
  cross    eth0 lxc* eth0 | routers | eth0 lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT eth0 | eth0 lxc* eth0
cilium native wireguard = 1420 W=WIREGUARD 51871
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0 lxc* eth0
  cross    eth0 lxc* cilium_wg0(W) eth0(W) | routers(W) | eth0(W) cilium_wg0 lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0 lxc* eth0
cilium native ipsec = 1423 W=ESP 50
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* eth0(W) | eth0(W) lxc* eth0
  cross    eth0 lxc* eth0(W) | routers(W) | eth0(W) lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT eth0(W) | eth0(W) lxc* eth0
cilium eni = 1500
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* eth0 | eth0 lxc* eth0
  cross    eth0 lxc* eth0 | routers | eth0 lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT eth0 | eth0 lxc* eth0
cilium eni wireguard = 1420 W=WIREGUARD 51871
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0 lxc* eth0
  cross    eth0 lxc* cilium_wg0(W) eth0(W) | routers(W) | eth0(W) cilium_wg0 lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0 lxc* eth0
cilium eni ipsec = 1423 W=ESP 50
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* eth0(W) | eth0(W) lxc* eth0
  cross    eth0 lxc* eth0(W) | routers(W) | eth0(W) lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT eth0(W) | eth0(W) lxc* eth0
cilium vxlan wireguard = 1370 W=WIREGUARD 51871 around VXLAN 8472 vni identity
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_vxlan(VXLAN 8472 vni identity) cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0(VXLAN 8472 vni identity) cilium_vxlan lxc* eth0
  cross    eth0 lxc* cilium_vxlan(VXLAN 8472 vni identity) cilium_wg0(W) eth0(W) | routers(W) | eth0(W) cilium_wg0(VXLAN 8472 vni identity) cilium_vxlan lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_vxlan(VXLAN 8472 vni identity) cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0(VXLAN 8472 vni identity) cilium_vxlan lxc* eth0
cilium vxlan ipsec = 1373 W=ESP 50 around VXLAN 8472 vni identity
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_vxlan(VXLAN 8472 vni identity) eth0(W) | eth0(W) cilium_vxlan lxc* eth0
  cross    eth0 lxc* cilium_vxlan(VXLAN 8472 vni identity) eth0(W) | routers(W) | eth0(W) cilium_vxlan lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_vxlan(VXLAN 8472 vni identity) eth0(W) | eth0(W) cilium_vxlan lxc* eth0
cilium geneve wireguard = 1370 W=WIREGUARD 51871 around GENEVE 6081 vni identity
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_geneve(GENEVE 6081 vni identity) cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0(GENEVE 6081 vni identity) cilium_geneve lxc* eth0
  cross    eth0 lxc* cilium_geneve(GENEVE 6081 vni identity) cilium_wg0(W) eth0(W) | routers(W) | eth0(W) cilium_wg0(GENEVE 6081 vni identity) cilium_geneve lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_geneve(GENEVE 6081 vni identity) cilium_wg0(W) eth0(W) | eth0(W) cilium_wg0(GENEVE 6081 vni identity) cilium_geneve lxc* eth0
cilium geneve ipsec = 1373 W=ESP 50 around GENEVE 6081 vni identity
  same     eth0 lxc* lxc* eth0
  subnet   eth0 lxc* cilium_geneve(GENEVE 6081 vni identity) eth0(W) | eth0(W) cilium_geneve lxc* eth0
  cross    eth0 lxc* cilium_geneve(GENEVE 6081 vni identity) eth0(W) | routers(W) | eth0(W) cilium_geneve lxc* eth0
  external eth0 lxc* eth0>SNAT | the gateway
  service  eth0 lxc*>DNAT cilium_geneve(GENEVE 6081 vni identity) eth0(W) | eth0(W) cilium_geneve lxc* eth0
antrea geneve = 1450 W=GENEVE 6081
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-tun0(W) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea native = 1500
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-gw0 eth0 | eth0 antrea-gw0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-gw0 eth0 | routers | eth0 antrea-gw0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-gw0 eth0 | eth0 antrea-gw0 br-int veth* eth0
antrea geneve wireguard = 1440 W=WIREGUARD 51820
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | routers(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
antrea vxlan = 1450 W=VXLAN 4789
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-tun0(W) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea vxlan wireguard = 1440 W=WIREGUARD 51820
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | routers(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
antrea vxlan ipsec = 1412 W=ESP 50 around VXLAN 4789
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-tun0(VXLAN 4789) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-tun0(VXLAN 4789) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-tun0(VXLAN 4789) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea geneve ipsec = 1412 W=ESP 50 around GENEVE 6081
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-tun0(GENEVE 6081) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-tun0(GENEVE 6081) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-tun0(GENEVE 6081) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea gre = 1458 W=GRE 47
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-tun0(W) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea gre wireguard = 1440 W=WIREGUARD 51820
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | routers(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
antrea gre ipsec = 1420 W=ESP 50 around GRE 47
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-tun0(GRE 47) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-tun0(GRE 47) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-tun0(GRE 47) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea stt = 1500/1428 W=STT 7471
  same     eth0 veth* br-int veth* eth0
  subnet   SMALL_ONLY eth0 veth* br-int antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    SMALL_ONLY eth0 veth* br-int antrea-tun0(W) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  SMALL_ONLY eth0 veth* br-int>DNAT antrea-tun0(W) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
antrea stt wireguard = 1440 W=WIREGUARD 51820
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  cross    eth0 veth* br-int antrea-gw0 antrea-wg0(W) eth0(W) | routers(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT antrea-gw0 antrea-wg0(W) eth0(W) | eth0(W) antrea-wg0 antrea-gw0 br-int veth* eth0
antrea stt ipsec = 1462/1390 W=ESP 50 around STT 7471
  same     eth0 veth* br-int veth* eth0
  subnet   SMALL_ONLY eth0 veth* br-int antrea-tun0(STT 7471) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
  cross    SMALL_ONLY eth0 veth* br-int antrea-tun0(STT 7471) eth0(W) | routers(W) | eth0(W) antrea-tun0 br-int veth* eth0
  external eth0 veth* br-int antrea-gw0 eth0>SNAT | the gateway
  service  SMALL_ONLY eth0 veth* br-int>DNAT antrea-tun0(STT 7471) eth0(W) | eth0(W) antrea-tun0 br-int veth* eth0
kube-ovn geneve = 1400 W=GENEVE 6081
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int genev_sys_6081(W) eth0(W) | eth0(W) genev_sys_6081 br-int veth* eth0
  cross    eth0 veth* br-int genev_sys_6081(W) eth0(W) | routers(W) | eth0(W) genev_sys_6081 br-int veth* eth0
  external eth0 veth* br-int ovn0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT genev_sys_6081(W) eth0(W) | eth0(W) genev_sys_6081 br-int veth* eth0
kube-ovn vxlan = 1450 W=VXLAN 4789
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int vxlan_sys_4789(W) eth0(W) | eth0(W) vxlan_sys_4789 br-int veth* eth0
  cross    eth0 veth* br-int vxlan_sys_4789(W) eth0(W) | routers(W) | eth0(W) vxlan_sys_4789 br-int veth* eth0
  external eth0 veth* br-int ovn0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT vxlan_sys_4789(W) eth0(W) | eth0(W) vxlan_sys_4789 br-int veth* eth0
kube-ovn stt = 1428 W=STT 7471
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int stt_sys_7471(W) eth0(W) | eth0(W) stt_sys_7471 br-int veth* eth0
  cross    eth0 veth* br-int stt_sys_7471(W) eth0(W) | routers(W) | eth0(W) stt_sys_7471 br-int veth* eth0
  external eth0 veth* br-int ovn0 eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT stt_sys_7471(W) eth0(W) | eth0(W) stt_sys_7471 br-int veth* eth0
kube-ovn vlan = 1400
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int br-provider eth0 | eth0 br-provider br-int veth* eth0
  cross    NO_ROUTE eth0 veth* br-int br-provider
  external eth0 veth* br-int br-provider eth0 | the gateway
  service  eth0 veth* br-int>DNAT br-provider eth0 | eth0 br-provider br-int veth* eth0
ovn-kubernetes geneve = 1400 W=GENEVE 6081
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int genev_sys_6081(W) eth0(W) | eth0(W) genev_sys_6081 br-int veth* eth0
  cross    eth0 veth* br-int genev_sys_6081(W) eth0(W) | routers(W) | eth0(W) genev_sys_6081 br-int veth* eth0
  external eth0 veth* br-int br-ex eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT genev_sys_6081(W) eth0(W) | eth0(W) genev_sys_6081 br-int veth* eth0
ovn-kubernetes geneve ipsec = 1354 W=ESP 50 around GENEVE 6081
  same     eth0 veth* br-int veth* eth0
  subnet   eth0 veth* br-int genev_sys_6081(GENEVE 6081) eth0(W) | eth0(W) genev_sys_6081 br-int veth* eth0
  cross    eth0 veth* br-int genev_sys_6081(GENEVE 6081) eth0(W) | routers(W) | eth0(W) genev_sys_6081 br-int veth* eth0
  external eth0 veth* br-int br-ex eth0>SNAT | the gateway
  service  eth0 veth* br-int>DNAT genev_sys_6081(GENEVE 6081) eth0(W) | eth0(W) genev_sys_6081 br-int veth* eth0
aws-vpc-cni eni = 1500
  same     eth0 eni* eni* eth0
  subnet   eth0 eni* eth0 | eth0 eni* eth0
  cross    eth0 eni* eth0 | routers | eth0 eni* eth0
  external eth0 eni* eth0>SNAT | the gateway
  service  eth0 eni*>DNAT eth0 | eth0 eni* eth0
azure-cni eni = 1500
  same     eth0 azv* azv* eth0
  subnet   eth0 azv* eth0 | eth0 azv* eth0
  cross    eth0 azv* eth0 | routers | eth0 azv* eth0
  external eth0 azv* eth0>SNAT | the gateway
  service  eth0 azv*>DNAT eth0 | eth0 azv* eth0
kindnet ptp = 1500
  same     eth0 veth* veth* eth0
  subnet   eth0 veth* eth0 | eth0 veth* eth0
  cross    NO_ROUTE eth0 veth*
  external eth0 veth* eth0>SNAT | the gateway
  service  eth0 veth*>DNAT eth0 | eth0 veth* eth0
kube-router bgp = 1500
  same     eth0 veth* kube-bridge veth* eth0
  subnet   eth0 veth* kube-bridge eth0 | eth0 kube-bridge veth* eth0
  cross    eth0 veth* kube-bridge eth0 | routers | eth0 kube-bridge veth* eth0
  external eth0 veth* kube-bridge eth0>SNAT | the gateway
  service  eth0 veth* kube-bridge>DNAT eth0 | eth0 kube-bridge veth* eth0
kube-router ipip = 1500/1480 W=IPIP 4
  same     eth0 veth* kube-bridge veth* eth0
  subnet   eth0 veth* kube-bridge tun-ipip(W) eth0(W) | eth0(W) tun-ipip kube-bridge veth* eth0
  cross    eth0 veth* kube-bridge tun-ipip(W) eth0(W) | routers(W) | eth0(W) tun-ipip kube-bridge veth* eth0
  external eth0 veth* kube-bridge eth0>SNAT | the gateway
  service  eth0 veth* kube-bridge>DNAT tun-ipip(W) eth0(W) | eth0(W) tun-ipip kube-bridge veth* eth0
kube-router fou = 1500/1468 W=GUE 5555
  same     eth0 veth* kube-bridge veth* eth0
  subnet   eth0 veth* kube-bridge tun-fou(W) eth0(W) | eth0(W) tun-fou kube-bridge veth* eth0
  cross    eth0 veth* kube-bridge tun-fou(W) eth0(W) | routers(W) | eth0(W) tun-fou kube-bridge veth* eth0
  external eth0 veth* kube-bridge eth0>SNAT | the gateway
  service  eth0 veth* kube-bridge>DNAT tun-fou(W) eth0(W) | eth0(W) tun-fou kube-bridge veth* eth0
kube-network-policies routed = 1500
  same     eth0 veth* veth* eth0
  subnet   eth0 veth* eth0 | eth0 veth* eth0
  cross    eth0 veth* eth0 | routers | eth0 veth* eth0
  external eth0 veth* eth0>SNAT | the gateway
  service  eth0 veth*>DNAT eth0 | eth0 veth* eth0
unknown macvlan = 1500
  same     eth0 eth0 eth0
  subnet   eth0 eth0 | eth0 eth0
  cross    NO_ROUTE eth0
  external eth0 eth0 | the gateway
  service  NO_ROUTE eth0 eth0 | the gateway
unknown vlan = 1500
  same     eth0 eth0 eth0
  subnet   eth0 eth0 | eth0 eth0
  cross    NO_ROUTE eth0
  external eth0 eth0 | the gateway
  service  NO_ROUTE eth0 eth0 | the gateway
unknown routed = 1500
  same     eth0 veth* veth* eth0
  subnet   eth0 veth* eth0 | eth0 veth* eth0
  cross    eth0 veth* eth0 | routers | eth0 veth* eth0
  external eth0 veth* eth0>SNAT | the gateway
  service  eth0 veth*>DNAT eth0 | eth0 veth* eth0
`;

interface Row {
  readonly head: string;
  readonly plugin: CniPlugin;
  readonly mode: string;
  readonly more: string | undefined;
  readonly mtu: number;
  /** What passes between nodes, where that is less: the plugin leaves too little room. */
  readonly pathMtu: number;
  readonly around: string | undefined;
  readonly ways: readonly (readonly [name: string, way: string])[];
}

const TARGETS: Readonly<Record<string, string>> = {
  same: 'pod/t/c',
  subnet: 'pod/t/b',
  cross: 'pod/t/d',
  external: 'ip/203.0.113.9',
  service: 'svc/t/web',
};

const BLOCKS = GOLDEN.trim().split(/\n(?=\S)/);

/** GKE's Dataplane V2 is Cilium. */
const OF_GKE = BLOCKS.filter((block) => block.startsWith('cilium ')).map((block) => block.replace('cilium', 'gke-dataplane-v2'));

const ROWS: readonly Row[] = [...BLOCKS, ...OF_GKE].map((block) => {
  const [head = '', ...lines] = block.split('\n');
  const [, plugin, mode, more, mtu, path, around] = /^(\S+) (\S+)(?: (\S+))? = (\d+)(?:\/(\d+))?(?: W=(.+))?$/.exec(head) ?? [];
  const ways = lines.map((line) => {
    const [name = '', ...way] = line.trim().split(/\s+/);
    return [name, way.join(' ')] as const;
  });
  return { head, plugin: plugin as CniPlugin, mode: mode!, more, mtu: Number(mtu), pathMtu: Number(path ?? mtu), around, ways };
});

function clusterOf({ plugin, mode, more }: Row, underlay: object = {}) {
  const crossSubnet = more === 'CrossSubnet';
  const settings = { cni: { plugin, mode, crossSubnet, ...(more === undefined || crossSubnet ? {} : { encryption: more }) } };
  return pathCluster({ ...settings, ...underlay });
}

it('every mode of every plugin has its ways here, and with every encryption', () => {
  const all = Object.entries(CARRIERS).flatMap(([plugin, { modes, encryptions, encryptsTunnelsOnly }]) =>
    Object.entries(modes).flatMap(([mode, { transport }]) => {
      const possible = encryptsTunnelsOnly && !transport[4] ? [] : Object.keys(encryptions);
      return ['', ...possible].map((more) => `${plugin} ${mode} ${more}`.trim());
    }),
  );
  const written = new Set(ROWS.map(({ plugin, mode, more = '' }) => `${plugin} ${mode} ${more}`.trim()));
  expect(all.filter((one) => !written.has(one))).toEqual([]);
});

// The list of what is asked of each: same node, same subnet, across subnets, outside, a service.
it.each(ROWS)('the five ways are written: $head', ({ ways }) => {
  expect(ways.map(([name]) => name)).toEqual(Object.keys(TARGETS));
});

describe.each(ROWS)('$head', (row) => {
  const model = clusterOf(row);

  it.each(row.ways)('%s: %s', (name, way) => {
    const { verdict, result } = askPath(model, 'pod/t/a', TARGETS[name]!);
    const short = inShort(result.forward).replaceAll(`(${row.around})`, '(W)');
    expect(verdict === 'DELIVERED' ? short : `${verdict} ${short}`).toBe(way);
  });

  it('gives pods the MTU of the table, and the path between nodes lets that pass, where it leaves room', () => {
    const { result } = askPath(model, 'pod/t/a', 'pod/t/b');
    const encryption = row.more === 'CrossSubnet' ? undefined : (row.more as 'wireguard' | 'ipsec' | undefined);
    const table = podMtu({ cni: row.plugin, mode: row.mode, underlayFamily: 4, hostMtu: 1500, options: { encryption } });
    expect([row.mtu, result.podMtu]).toEqual(Array(2).fill(table.ok && table.value.podMtu));
    expect(result.forward.pathMtu).toBe(row.pathMtu);
  });

  it.each(['b', 'c'])('the path MTU is the smallest of its hops, there and back, to pod %s', (pod) => {
    const { forward, reply } = askPath(model, 'pod/t/a', `pod/t/${pod}`).result;
    for (const { hops, pathMtu } of [forward, reply]) expect(pathMtu).toBe(Math.min(...hops.map(({ fits }) => fits)));
  });

  it('the reply passes the same devices the other way round, and is a packet of its own', () => {
    const there = askPath(model, 'pod/t/a', 'pod/t/b').result;
    const back = askPath(model, 'pod/t/b', 'pod/t/a').result;
    expect(inShort(there.reply)).toBe(inShort(back.forward));
    expect(there.reply.hops.map(({ device }) => device)).toEqual(there.forward.hops.map(({ device }) => device).toReversed());
    expect(there.reply.hops.map(({ srcIp, dstIp }) => [srcIp, dstIp])).toEqual(there.reply.hops.map(() => ['10.244.2.6', '10.244.1.5']));
  });

  it('the reply from outside comes in by the devices that the packet left by', () => {
    const { forward, reply } = askPath(model, 'pod/t/a', 'ip/203.0.113.9').result;
    expect(reply.hops.map(({ device }) => device)).toEqual(forward.hops.map(({ device }) => device).toReversed());
  });

  it('outer addresses are those of the nodes, in the direction of the packet', () => {
    const { forward, reply } = askPath(model, 'pod/t/a', 'pod/t/b').result;
    const outer = (hops: typeof forward.hops) => [
      ...new Set(hops.flatMap(({ encap }) => encap.map(({ outerSrc, outerDst }) => `${outerSrc}→${outerDst}`))),
    ];
    expect(outer(forward.hops)).toEqual(forward.wrapped ? ['192.168.0.1→192.168.0.2'] : []);
    expect(outer(reply.hops)).toEqual(reply.wrapped ? ['192.168.0.2→192.168.0.1'] : []);
  });
});
