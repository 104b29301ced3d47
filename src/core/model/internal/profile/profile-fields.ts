import { isJsonObject, type Json, type JsonObject } from '../../../kernel/json.js';
import {
  CILIUM_POLICY_KINDS,
  type CniPlugin,
  type IngressControllerProfile,
  IPVS_SCHEDULERS,
  type UnderlaySubnet,
} from '../../network-profile.js';
import type { Cidr } from '../../../net/cidr.js';
import { readEntitySelectors } from '../../../resources/cilium-entity-selectors.js';
import { absoluteZones } from '../../absolute-zones.js';
import { CILIUM_IPAM_MODES } from '../../cilium-ipam-mode.js';
import { ADDRESS, CIDR, FAMILY, FLAG, listOf, oneOf, orNull, type SettingKind, TEXT, wholeNumber } from './setting-kind.js';

const MTU = wholeNumber(576, 65_535);
const VLAN = wholeNumber(1, 4094);

const PLUGIN_NAMES: readonly CniPlugin[] = [
  ...([
    'calico',
    'cilium',
    'flannel',
    'weave',
    'antrea',
    'ovn-kubernetes',
    'kube-ovn',
    'kindnet',
    'aws-vpc-cni',
    'canal',
    'gke-dataplane-v2',
    'azure-cni',
    'kube-router',
    'kube-network-policies',
    'unknown',
  ] as const),
];

/** `{first, last}` of node ports. */
const PORT_RANGE: SettingKind<{ readonly first: number; readonly last: number }> = {
  expected: 'an object {first, last} of ports, first not above last',
  read: (value) => {
    if (!isJsonObject(value)) return undefined;
    const [first, last] = [wholeNumber(1, 65535).read(value['first'] ?? null), wholeNumber(1, 65535).read(value['last'] ?? null)];
    return first !== undefined && last !== undefined && first <= last ? { first, last } : undefined;
  },
  write: ({ first, last }) => ({ first, last }),
};

/** One ingress controller: `{class, dialect, options}`. */
const INGRESS_CONTROLLER: SettingKind<IngressControllerProfile> = {
  expected: 'an object {class, dialect, options}, options a map of texts, numbers and booleans',
  read: (value) => {
    if (!isJsonObject(value)) return undefined;
    const [name, dialect] = [TEXT.read(value['class'] ?? null), TEXT.read(value['dialect'] ?? null)];
    const options = value['options'] ?? {};
    if (name === undefined || dialect === undefined || !isJsonObject(options)) return undefined;
    const entries = Object.entries(options).filter((entry): entry is [string, string | boolean | number] => isScalar(entry[1]));
    return entries.length === Object.keys(options).length ? { class: name, dialect, options: Object.fromEntries(entries) } : undefined;
  },
  write: ({ class: name, dialect, options }) => ({ class: name, dialect, options: { ...options } }),
};

/** What `policy-entity-selectors` of Cilium's agent says. */
const ENTITY_SELECTORS: SettingKind<JsonObject> = {
  expected:
    'an object of label selectors by entity, such as {"kube-apiserver": {"matchLabels": {"app": "proxy"}}}; not of `all` and `cluster`',
  read: (value) => (isJsonObject(value) && readEntitySelectors(value) ? value : undefined),
  write: (value) => value,
};

const INT32 = wholeNumber(0, 2_147_483_647);

/** Numbers of addresses by the names of pools. */
const PRE_ALLOCATED: SettingKind<Readonly<Record<string, number>>> = {
  expected: 'an object of numbers of addresses by pool, such as {"default": 8}',
  read: (value) => {
    const counts = isJsonObject(value) && Object.entries(value).map(([pool, count]) => [pool, INT32.read(count ?? null)] as const);
    return counts && counts.every(hasCount) ? Object.fromEntries(counts) : undefined;
  },
  write: (counts) => ({ ...counts }),
};

function hasCount(entry: readonly [string, number | undefined]): entry is readonly [string, number] {
  return entry[0] !== '' && entry[1] !== undefined;
}

/** `{cidr, vlan?, mtu?}` of a subnet of nodes. */
const UNDERLAY_SUBNET: SettingKind<UnderlaySubnet> = {
  expected: 'an object {cidr, vlan, mtu}, vlan 1…4094 and mtu 576…65535 where they are given',
  read: (value) => {
    if (!isJsonObject(value)) return undefined;
    const cidr = CIDR.read(value['cidr'] ?? null);
    const [vlan, mtu] = [optional(VLAN, value['vlan']), optional(MTU, value['mtu'])];
    const isKnown = Object.keys(value).every((name) => ['cidr', 'vlan', 'mtu'].includes(name));
    return cidr && vlan && mtu && isKnown ? { cidr, vlan: vlan.value, mtu: mtu.value } : undefined;
  },
  write: ({ cidr, vlan, mtu }) => ({
    cidr: CIDR.write(cidr),
    ...(vlan === undefined ? {} : { vlan }),
    ...(mtu === undefined ? {} : { mtu }),
  }),
};

/** A member that may be missing; undefined where it is there and wrong. */
function optional<T>(kind: SettingKind<T>, value: Json | undefined): { readonly value: T | undefined } | undefined {
  if (value === undefined || value === null) return { value: undefined };
  const read = kind.read(value);
  return read === undefined ? undefined : { value: read };
}

/** As KubeProxyConfiguration has it: prefixes, or the one word `primary`. */
const NODE_PORT_ADDRESSES: SettingKind<readonly Cidr[] | 'primary'> = {
  expected: 'a list of CIDRs, or ["primary"]',
  read: (value) => (Array.isArray(value) && value.length === 1 && value[0] === 'primary' ? 'primary' : listOf(CIDR).read(value)),
  write: (value) => (value === 'primary' ? [value] : listOf(CIDR).write(value)),
};

/** Zones of a DNS server; CIDRs stand for their reverse zones. */
const ZONES: SettingKind<readonly string[]> = {
  expected: 'a list of zones such as `cluster.local` or `10.96.0.0/12`',
  read: (value) => (Array.isArray(value) && value.every((zone) => TEXT.read(zone)) ? absoluteZones(value) : undefined),
  write: (zones) => zones,
};

/** As `kubectl version` writes it; what follows the minor version is not looked at. */
const KUBERNETES_VERSION: SettingKind<string> = {
  expected: 'a version such as `v1.31.2`',
  read: (value) => (typeof value === 'string' && /^v?\d{1,4}\.\d{1,4}(?:[.+-][\w.+-]{0,64})?$/.test(value) ? value : undefined),
  write: (value) => value,
};

function isScalar(value: Json | undefined): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
}

/**
 * Every field of the network profile, by its dotted path, with the way it is written in JSON. This one table drives what a user may set, what a
 * profile looks like in an answer, and which fields detection may fill in.
 */
export const PROFILE_FIELDS = {
  ipFamilies: listOf(FAMILY),
  podCIDRs: listOf(CIDR),
  serviceCIDRs: listOf(CIDR),
  'nodeCIDRMaskSizes.v4': wholeNumber(8, 32),
  'nodeCIDRMaskSizes.v6': wholeNumber(16, 128),
  clusterDomain: TEXT,
  kubernetesVersion: KUBERNETES_VERSION,
  'cni.plugin': oneOf(...PLUGIN_NAMES),
  'cni.mode': TEXT,
  'cni.crossSubnet': FLAG,
  'cni.mtu': MTU,
  'cni.blockSize': wholeNumber(8, 128),
  'cni.defaultPool': TEXT,
  'cni.preAllocated': PRE_ALLOCATED,
  'cni.ipam': oneOf(...CILIUM_IPAM_MODES),
  'cni.healthEndpoint': FLAG,
  'cni.egressGateways': FLAG,
  'cni.tunnelProtocol': oneOf('vxlan', 'geneve'),
  'cni.routingViaHost': FLAG,
  'cni.encryption': oneOf('none', 'wireguard', 'ipsec'),
  'cni.trustedSubnets': listOf(CIDR),
  'cni.encryptHostTraffic': FLAG,
  'cni.authKeyBytes': wholeNumber(1, 128),
  'cni.multicluster': FLAG,
  'cni.multiclusterEncryption': oneOf('none', 'wireguard'),
  'cni.directRoutes': oneOf('none', 'required', 'optional'),
  'cni.vni': wholeNumber(1, 16_777_215),
  'cni.tunnelPort': wholeNumber(1, 65_535),
  'underlay.mtu': MTU,
  'underlay.subnets': listOf(UNDERLAY_SUBNET),
  'underlay.routesPods': FLAG,
  'underlay.mainTableCIDRs': listOf(CIDR),
  'underlay.bridgeNetfilter': FLAG,
  'underlay.provider': TEXT,
  'masquerade.plugin': FLAG,
  'masquerade.agent': FLAG,
  'masquerade.families': listOf(FAMILY),
  'masquerade.program': oneOf('bpf', 'iptables'),
  'masquerade.remoteNodes': FLAG,
  'masquerade.nonMasqueradeCIDRs': listOf(CIDR),
  'masquerade.allReservedRanges': FLAG,
  'masquerade.linkLocal': FLAG,
  'masquerade.linkLocalIPv6': FLAG,
  'masquerade.nativeRoutingCIDRs': listOf(CIDR),
  'masquerade.exemptSources': listOf(CIDR),
  'masquerade.exemptDestinations': listOf(CIDR),
  'masquerade.exemptNodes': FLAG,
  'masquerade.natOutgoingAddress': ADDRESS,
  'loadBalancers.ciliumDefault': oneOf('lbipam', 'nodeipam', 'none'),
  'loadBalancers.metallbClass': TEXT,
  'loadBalancers.calicoAssigns': oneOf('AllServices', 'RequestedServicesOnly'),
  'proxy.mode': oneOf('iptables', 'nftables', 'ipvs', 'ebpf'),
  'proxy.podCIDRs': listOf(CIDR),
  'proxy.detectLocal': FLAG,
  'proxy.masqueradeAll': FLAG,
  'proxy.nodePortAddresses': NODE_PORT_ADDRESSES,
  'proxy.localhostNodePorts': FLAG,
  'proxy.nodePortRange': PORT_RANGE,
  'proxy.ipvs.scheduler': oneOf(...IPVS_SCHEDULERS),
  'proxy.ipvs.otherPorts': oneOf('reject', 'node'),
  'proxy.ebpf.program': oneOf('cilium', 'calico'),
  'proxy.ebpf.connectTime': oneOf('all', 'tcp', 'host', 'none'),
  'proxy.ebpf.forwarding': oneOf('snat', 'tunnel', 'dsr', 'hybrid'),
  'proxy.ebpf.dispatch': oneOf('option', 'ipip', 'geneve'),
  'proxy.ebpf.algorithm': oneOf('random', 'maglev'),
  'proxy.ebpf.externalClusterIP': FLAG,
  'proxy.ebpf.topologyHints': FLAG,
  'dns.server': oneOf('coredns', 'kube-dns'),
  'dns.corefile': TEXT,
  'dns.zones': ZONES,
  'dns.ttl': wholeNumber(0, 3600),
  'dns.pods': oneOf('disabled', 'insecure', 'verified'),
  'dns.namespaces': listOf(TEXT),
  'dns.endpointPodNames': FLAG,
  'dns.ignoreEmptyService': FLAG,
  'dns.fallthrough': ZONES,
  'dns.clusterDNS': listOf(ADDRESS),
  'dns.serverIPs': listOf(ADDRESS),
  'dns.hostResolvConf': orNull(TEXT),
  'policy.enforcement': oneOf('on', 'none'),
  'policy.apis': listOf(TEXT),
  'policy.ipBlockMatchesPods': FLAG,
  'policy.ipBlockMatchesNodes': FLAG,
  'policy.networksMatchPods': FLAG,
  'policy.clusterPolicyGaps': listOf(oneOf('nodes', 'domainNames', 'namedPorts')),
  'policy.loopback': oneOf('allow', 'policy'),
  'policy.hostNetworkPods': oneOf('as-pods', 'excluded'),
  'policy.completedPods': oneOf('include', 'exclude'),
  'policy.nodeToOwnPod': FLAG,
  'policy.equalPriority': oneOf('name', 'undefined'),
  'policy.orderTies': oneOf('name', 'file'),
  'policy.endPort': FLAG,
  'policy.sctp': FLAG,
  'policy.calico.endpointToHost': oneOf('Accept', 'Drop', 'Return'),
  'policy.cilium.mode': oneOf('default', 'always', 'never'),
  'policy.cilium.hostPolicies': FLAG,
  'policy.cilium.nodeLabels': FLAG,
  'policy.cilium.clusterName': TEXT,
  'policy.cilium.labels': listOf(TEXT),
  'policy.cilium.entitySelectors': ENTITY_SELECTORS,
  'policy.cilium.localCluster': FLAG,
  'policy.cilium.nonDefaultDeny': FLAG,
  'policy.cilium.kinds': listOf(oneOf(...CILIUM_POLICY_KINDS)),
  'policy.cilium.layer7': FLAG,
  'policy.cilium.icmpRules': FLAG,
  'ingress.controllers': listOf(INGRESS_CONTROLLER),
} as const;

/** A dotted path. */
export type ProfileField = keyof typeof PROFILE_FIELDS;

/** The type of a field's value. */
export type ProfileValue<F extends ProfileField> = (typeof PROFILE_FIELDS)[F] extends SettingKind<infer T> ? T : never;

/** How each field is written in JSON. */
export type ProfileKinds = { readonly [F in ProfileField]: SettingKind<ProfileValue<F>> };

/** Every dotted path, in the order of the table. */
export const PROFILE_FIELD_NAMES: readonly ProfileField[] = Object.keys(PROFILE_FIELDS).filter(isProfileField);

/** Whether a text is a dotted path of the profile. */
export function isProfileField(path: string): path is ProfileField {
  return Object.hasOwn(PROFILE_FIELDS, path);
}
