import type { ObjectRef } from '../../core/kernel/object-ref.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { NetworkProfile, ProfileSource, ProxyProfile } from '../../core/model/network-profile.js';
import { type Cidr, formatCidr } from '../../core/net/cidr.js';
import { formatIp, type IpFamily } from '../../core/net/ip.js';

/** Where one field of a network profile comes from. */
export interface ProfileFieldView {
  /** Dotted path: `cni.plugin`. */
  readonly field: string;
  readonly value: unknown;
  readonly provenance: ProfileSource['provenance'];
  readonly object: ObjectRef | null;
  readonly pointer: string | null;
  readonly why: string;
}

/** The network profile of a cluster at a revision: set by hand, detected or defaulted. */
export interface ProfileView {
  /** The revision it was detected in; 0 before the first import. */
  readonly revision: number;
  /** In the spelling in which a profile is set; null where nothing is known. */
  readonly values: ReturnType<typeof profileValues>;
  /** Every field that has a value, by name. */
  readonly fields: readonly ProfileFieldView[];
}

/** The effective profile of a model, with the source of each field. */
export function profileView(model: NetworkModel, revision: number): ProfileView {
  const values = profileValues(model.profile);
  const fields = [...model.profileSources.values()].map(({ field, provenance, object, pointer, why }): ProfileFieldView => {
    return { field, value: atPath(values, field), provenance, object: object ?? null, pointer: pointer ?? null, why };
  });
  return { revision, values, fields };
}

function atPath(values: object, path: string): unknown {
  let value: unknown = values;
  for (const name of path.split('.')) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return value ?? null;
}

/** A profile as JSON: CIDRs and addresses as text, families as `IPv4` and `IPv6`, null where nothing is known. */
function profileValues({ ipFamilies, podCIDRs, serviceCIDRs, nodeCIDRMaskSizes, clusterDomain, ...groups }: NetworkProfile) {
  const { cni, underlay, masquerade, loadBalancers, proxy, dns, policy, ingress } = groups;
  return {
    ipFamilies: ipFamilies.map(familyName),
    podCIDRs: cidrs(podCIDRs),
    serviceCIDRs: cidrs(serviceCIDRs),
    nodeCIDRMaskSizes,
    clusterDomain,
    cni: {
      ...cni,
      mode: cni.mode ?? null,
      mtu: cni.mtu ?? null,
      blockSize: cni.blockSize ?? null,
      authKeyBytes: cni.authKeyBytes ?? null,
      vni: cni.vni ?? null,
      tunnelPort: cni.tunnelPort ?? null,
    },
    underlay: {
      ...underlay,
      subnets: underlay.subnets.map(({ cidr, vlan, mtu }) => ({ cidr: formatCidr(cidr), vlan: vlan ?? null, mtu: mtu ?? null })),
      provider: underlay.provider ?? null,
    },
    masquerade: {
      ...masquerade,
      nonMasqueradeCIDRs: masquerade.nonMasqueradeCIDRs ? cidrs(masquerade.nonMasqueradeCIDRs) : null,
      nativeRoutingCIDRs: cidrs(masquerade.nativeRoutingCIDRs),
      exemptSources: cidrs(masquerade.exemptSources),
      exemptDestinations: cidrs(masquerade.exemptDestinations),
      natOutgoingAddress: masquerade.natOutgoingAddress ? formatIp(masquerade.natOutgoingAddress) : null,
    },
    loadBalancers: { ...loadBalancers, metallbClass: loadBalancers.metallbClass ?? null },
    proxy: {
      ...proxy,
      podCIDRs: cidrs(proxy.podCIDRs),
      nodePortAddresses: nodePortAddresses(proxy),
      ebpf: { ...proxy.ebpf, program: proxy.ebpf.program ?? null },
    },
    dns: {
      ...dns,
      corefile: dns.corefile ?? null,
      fallthrough: dns.fallthrough ?? null,
      clusterDNS: dns.clusterDNS.map(formatIp),
      serverIPs: dns.serverIPs.map(formatIp),
      hostResolvConf: dns.hostResolvConf ?? null,
    },
    policy,
    ingress,
  };
}

function cidrs(list: readonly Cidr[]): readonly string[] {
  return list.map(formatCidr);
}

function familyName(family: IpFamily): string {
  return family === 4 ? 'IPv4' : 'IPv6';
}

function nodePortAddresses({ nodePortAddresses: wanted }: ProxyProfile): readonly string[] | null {
  return wanted === undefined ? null : wanted === 'primary' ? [wanted] : cidrs(wanted);
}
