import type { MutantsOfFile } from '../mutant.js';

const D = 'src/core/dataplane';
const I = `${D}/internal`;
const WAYS = [`${D}/hop-path.golden.spec.ts`, `${D}/hop-path.spec.ts`, `${D}/hop-path.reply.golden.spec.ts`];

/** Whose address a packet carries, and which way it and its reply go. */
export const HOP_PATHS: readonly MutantsOfFile[] = [
  {
    file: `${I}/ways.ts`,
    specs: [`${D}/hop-path.reply.golden.spec.ts`],
    mutants: [
      {
        breaks: 'ways: tunnels that lead to nodes',
        from: 'clusterMode(this.model).mode).toNodes !== undefined',
        to: 'clusterMode(this.model).mode).toNodes === null',
      },
      {
        breaks: 'ways: not those of CrossSubnet within a subnet',
        from: 'return isToNode && !carriage.wrapped ? undefined : carriage;',
        to: 'return carriage;',
      },
      { breaks: 'ways: what a switch hands to its node comes in by its gateway', from: '(hub?.gateway === undefined ? 1 : 2)', to: '1' },
      {
        breaks: 'ways: what goes to another node leaves OVN as what goes out does',
        from: ' || (!sameNode && carriage === undefined)',
        to: '',
      },
      {
        breaks: 'ways: what a node passes on for somebody outside comes by OVN’s router',
        from: "'the node’s routes lead to it', isOutward)",
        to: "'the node’s routes lead to it')",
      },
    ],
  },
  {
    file: `${I}/masquerading-of.ts`,
    specs: [`${D}/source-address.spec.ts`, `${D}/hop-path.reply.golden.spec.ts`, `${D}/masquerade.spec.ts`],
    mutants: [
      { breaks: 'SNAT: nodes are in their virtual network', from: 'nodeAddresses,\n    excludedCIDRs', to: 'excludedCIDRs' },
      {
        breaks: 'SNAT: by InternalIPs alone',
        from: 'const nodeAddresses = nodeAddressesOf(model).internal;',
        to: 'const nodeAddresses = nodeAddressesOf(model).all;',
      },
      { breaks: 'SNAT: netfilter knows InternalIPs alone', from: 'isBpf ? all : internal', to: 'all' },
      {
        breaks: 'SNAT: the VPC CNI rewrites nothing of IPv6',
        from: "cni.plugin === 'aws-vpc-cni' ? ([4] as const) : undefined",
        to: 'undefined',
      },
    ],
  },
  {
    file: `${D}/masquerade.ts`,
    specs: [`${D}/masquerade.spec.ts`, `${D}/hop-path.spec.ts`],
    mutants: [
      { breaks: 'SNAT: Flannel, 1: kube-proxy’s mark', from: 'if (packet.kubeProxyMark) return keeps(', to: 'if (false) return keeps(' },
      { breaks: 'SNAT: Flannel, 2: from here to pods', from: 'if (fromHere && toCluster)', to: 'if (false)' },
      { breaks: 'SNAT: Flannel, 3: from pods to here', from: 'if (fromCluster && toHere)', to: 'if (false)' },
      { breaks: 'SNAT: Flannel, 4: from outside to here', from: 'if (!fromCluster && toHere)', to: 'if (false)' },
      { breaks: 'SNAT: Flannel, 5: not to multicast', from: 'if (fromCluster && !within(MULTICAST, destination))', to: 'if (fromCluster)' },
      { breaks: 'SNAT: Flannel, 6: from outside to pods', from: 'if (!fromCluster && toCluster)', to: 'if (false)' },
      { breaks: 'SNAT: Calico, pools of LoadBalancer do not count', from: "some((use) => use !== 'LoadBalancer')", to: 'some(() => true)' },
      {
        breaks: 'SNAT: Calico, natOutgoing of the source',
        from: 'pool.natOutgoing && holds(pool, packet.source)',
        to: 'holds(pool, packet.source)',
      },
      { breaks: 'SNAT: Calico, not to a pool', from: "return keeps('the destination is in a pool of Calico');", to: "masquerades('');" },
      {
        breaks: 'SNAT: Calico, hosts that are exempt',
        from: 'if (exemptHosts.has(packet.destination))',
        to: 'if (false)',
      },
      {
        breaks: 'SNAT: Calico, the address of its own family',
        from: 'outgoingAddress?.family === packet.source.family',
        to: 'outgoingAddress',
      },
      {
        breaks: 'SNAT: Cilium, pods of the node alone',
        from: 'if (!sourceIsLocalPod && !within(by.localPodCIDRs, source))',
        to: 'if (false)',
      },
      { breaks: 'SNAT: Cilium, the native routing CIDR', from: 'if (within(by.nativeRoutingCIDRs, destination))', to: 'if (false)' },
      { breaks: 'SNAT: Cilium, nodes', from: 'if (!by.nodeAddresses.has(destination))', to: 'if (true)' },
      {
        breaks: 'SNAT: Cilium, its agent',
        from: 'if (by.agent && within(ciliumNonMasqueradeCIDRs(by.agent), destination))',
        to: 'if (false)',
      },
      {
        breaks: 'SNAT: Cilium, an agent that says nothing has the default',
        from: 'nonMasqueradeCIDRs ?? (saysNothing ? undefined : [])',
        to: 'nonMasqueradeCIDRs',
      },
      { breaks: 'SNAT: ip-masq-agent, link-local', from: '...(settings.masqLinkLocal ? [] : LINK_LOCAL),', to: '' },
      { breaks: 'SNAT: ip-masq-agent, link-local of IPv6', from: '...(settings.masqLinkLocalIPv6 ? [] : LINK_LOCAL_V6),', to: '' },
      {
        breaks: 'SNAT: ip-masq-agent, a list replaces the default',
        from: 'settings.nonMasqueradeCIDRs ?? [...PRIVATE_CIDRS',
        to: '[...(settings.nonMasqueradeCIDRs ?? []), ...PRIVATE_CIDRS',
      },
      {
        breaks: 'SNAT: ip-masq-agent, reserved ranges where it is told',
        from: '...(allReservedRanges ? RESERVED : [])',
        to: '...RESERVED',
      },
      { breaks: 'SNAT: ip-masq-agent, the node itself', from: 'if (packet.destinationIsLocal) return', to: 'if (false) return' },
      { breaks: 'SNAT: Weave, multicast', from: 'if (from && within(MULTICAST, destination))', to: 'if (false)' },
      { breaks: 'SNAT: Weave, into the range', from: 'if (!from && to)', to: 'if (false)' },
      { breaks: 'SNAT: Weave, out of the range', from: 'if (from && !to)', to: 'if (false)' },
      { breaks: 'SNAT: Weave, containers of the node', from: 'if (exemptsLocal && packet.destinationIsLocalPod)', to: 'if (false)' },
      { breaks: 'SNAT: AWS, external', from: 'if (by.externalSNAT) return', to: 'if (false) return' },
      { breaks: 'SNAT: AWS, excluded', from: '...by.vpcCIDRs, ...by.excludedCIDRs', to: '...by.vpcCIDRs' },
      { breaks: 'SNAT: AWS, the VPC', from: '...by.vpcCIDRs, ...by.excludedCIDRs', to: '...by.excludedCIDRs' },
    ],
  },
  {
    file: `${I}/rewriting.ts`,
    specs: [`${D}/source-address.spec.ts`, ...WAYS],
    mutants: [
      {
        breaks: 'SNAT: marks of kube-proxy come first',
        from: 'if (marker) return meetsItself(model, packet) ?? rewrites(markOf(model, node));',
        to: '',
      },
      { breaks: 'SNAT: portmap’s too', from: "if (marker === 'portmap' && model.profile.proxy.mode !== 'ebpf')", to: 'if (false)' },
      {
        breaks: 'SNAT: a node’s packet into a tunnel',
        from: 'if (intoTunnel !== undefined && leg.leavesWith?.isOfPods) return rewrites(intoTunnel);',
        to: '',
      },
      {
        breaks: 'SNAT: Cilium at the node’s device alone',
        from: "if (by.engine === 'cilium' && leg.leavesWith?.isOfPods)",
        to: 'if (false)',
      },
      { breaks: 'SNAT: a pod of Cilium that meets itself', from: 'return meetsItself(model, packet) ?? rewrites(', to: 'return rewrites(' },
    ],
  },
  {
    file: `${I}/ways.ts`,
    specs: [...WAYS, `${D}/hop-path.macvlan.spec.ts`],
    mutants: [
      {
        breaks: 'hops: a pair between pods of a node has no route',
        from: "const isNeighbour = sameNode && from.kind === 'pod' && to.kind === 'pod';",
        to: 'const isNeighbour = false;',
      },
      {
        breaks: 'hops: Weave’s bridge wraps by itself',
        from: '(hub.gateway !== undefined || carrier.routedBy === hub.device)',
        to: 'hub.gateway !== undefined',
      },
      { breaks: 'hops: OVN’s router leads out', from: 'if (isOutward && outward !== undefined)', to: 'if (false)' },
      {
        breaks: 'hops: parent and child',
        from: 'if (!this.attachment.parent || from.kind === to.kind) return undefined;',
        to: 'return undefined;',
      },
      {
        breaks: 'hops: from outside by the gateway',
        from: "plainStage(undefined, GATEWAY, 'outside', usual, `from ${from.name}`)",
        to: "plainStage(undefined, GATEWAY, 'root', usual, `from ${from.name}`)",
      },
    ],
  },
  {
    file: `${I}/crossing.ts`,
    specs: [...WAYS, `${D}/hop-path.modes.spec.ts`],
    mutants: [
      {
        breaks: 'hops: a router between subnets',
        from: 'if (this.underlay.isOnLink(here, there, over) !== false) return [];',
        to: 'return [];',
      },
      {
        breaks: 'hops: unwrapped in the reverse order',
        from: 'this.unwrappingStage(there, { layers, index, over })).toReversed()',
        to: 'this.unwrappingStage(there, { layers, index, over }))',
      },
      {
        breaks: 'hops: what is in place of the tunnel is alone',
        from: "...(encryption?.adds === 'instead' ? [] : [[mode, carrier] as const]),",
        to: '...[[mode, carrier] as const],',
      },
      {
        breaks: 'hops: the outermost first',
        from: 'layers.map(({ view }) => view).toReversed() };',
        to: 'layers.map(({ view }) => view) };',
      },
      { breaks: 'hops: between wraps what encrypts', from: '...passing(there, between.toReversed(),', to: '...passing(there, between,' },
    ],
  },
  {
    file: `${I}/backward.ts`,
    specs: [
      `${D}/hop-path.reply.golden.spec.ts`,
      `${D}/hop-path.spec.ts`,
      `${D}/hop-path.modes.spec.ts`,
      `${D}/hop-path.direct-return.spec.ts`,
      `${D}/hop-path.calico-forwarding.spec.ts`,
      `${D}/source-address.spec.ts`,
    ],
    mutants: [
      { breaks: 'reply: by the node that masqueraded', from: 'if (node && address) return { place', to: 'if (false) return { place' },
      {
        breaks: 'reply: by the node that translated',
        from: 'if (!isEntry || answersDirectly(ends)) return undefined;',
        to: 'return undefined;',
      },
      { breaks: 'reply: direct server return goes past it', from: '!isEntry || answersDirectly(ends)', to: '!isEntry' },
      {
        breaks: 'reply: the bridge has to call netfilter',
        from: 'return !ends.model.profile.underlay.bridgeNetfilter && repliesByBridge',
        to: 'return false && repliesByBridge',
      },
      { breaks: 'reply: a masqueraded one comes to the node', from: 'areJoined(ends) && !isMasqueraded &&', to: 'areJoined(ends) &&' },
      {
        breaks: 'reply: what was rewritten at the socket is not in the packet',
        from: "if (!translation || translation.at === 'socket') return unmasking;",
        to: 'if (!translation) return unmasking;',
      },
      {
        breaks: 'reply: sources are put back where it comes in',
        from: 'translating(stages, arrival, [unmasked',
        to: 'translating(stages, 0, [unmasked',
      },
      {
        breaks: 'reply: destinations where it leaves',
        from: 'return at(last, (entry ? legs[last]?.exit : legs[last]?.entry) ?? 0);',
        to: 'return at(last, 0);',
      },
      {
        breaks: 'reply: to the address that was sent with',
        from: "from.kind === 'host' && own ? { ...from, ip: own.ip, isOfPods: own.isOfPods } : from",
        to: 'from',
      },
    ],
  },
];
