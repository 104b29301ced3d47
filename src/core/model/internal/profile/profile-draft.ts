import { invariant } from '../../../kernel/invariant.js';
import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { MasqueradeProfile } from '../../masquerade-profile.js';
import type { CniProfile, DnsProfile, NetworkProfile, PolicyProfile, ProfileSource, ProxyProfile } from '../../network-profile.js';
import type { ProfileField, ProfileValue } from './profile-fields.js';

/** Where a value was found. */
export interface Finding {
  readonly object?: ObjectRef | undefined;
  readonly pointer?: string | undefined;
  readonly why: string;
  readonly provenance: ProfileSource['provenance'];
}

/**
 * A profile in the making. Sources are asked in the order of their authority, and the first that tells a field wins; that makes the result
 * independent of the order of the objects.
 */
export class ProfileDraft {
  private readonly values: { [F in ProfileField]?: ProfileValue<F> } = {};
  readonly sources = new Map<string, ProfileSource>();

  /** Takes the value unless the field is known already or the value is undefined. */
  offer<F extends ProfileField>(field: F, value: ProfileValue<F> | undefined, finding: Finding): void {
    if (value === undefined || this.has(field)) return;
    Object.assign(this.values, { [field]: value });
    const { provenance, object, pointer, why } = finding;
    this.sources.set(field, { field, provenance, object, pointer, why });
  }

  /** The value so far. */
  get<F extends ProfileField>(field: F): ProfileValue<F> | undefined {
    return this.values[field];
  }

  /** Whether the field is known. */
  has(field: ProfileField): boolean {
    return Object.hasOwn(this.values, field);
  }

  /** The profile. Fields that nobody told stay undefined where that is allowed; for all others there is a default. */
  build(): NetworkProfile {
    return {
      ipFamilies: this.told('ipFamilies'),
      podCIDRs: this.told('podCIDRs'),
      serviceCIDRs: this.told('serviceCIDRs'),
      nodeCIDRMaskSizes: { v4: this.told('nodeCIDRMaskSizes.v4'), v6: this.told('nodeCIDRMaskSizes.v6') },
      clusterDomain: this.told('clusterDomain'),
      kubernetesVersion: this.get('kubernetesVersion'),
      cni: this.cni(),
      underlay: {
        mtu: this.told('underlay.mtu'),
        subnets: this.told('underlay.subnets'),
        routesPods: this.told('underlay.routesPods'),
        mainTableCIDRs: this.told('underlay.mainTableCIDRs'),
        bridgeNetfilter: this.told('underlay.bridgeNetfilter'),
        provider: this.get('underlay.provider'),
      },
      masquerade: this.masquerade(),
      loadBalancers: {
        ciliumDefault: this.told('loadBalancers.ciliumDefault'),
        metallbClass: this.get('loadBalancers.metallbClass'),
        calicoAssigns: this.told('loadBalancers.calicoAssigns'),
      },
      proxy: this.proxy(),
      dns: this.dns(),
      policy: this.policy(),
      ingress: { controllers: this.told('ingress.controllers') },
    };
  }

  private cni(): CniProfile {
    return {
      plugin: this.told('cni.plugin'),
      mode: this.get('cni.mode'),
      crossSubnet: this.told('cni.crossSubnet'),
      mtu: this.get('cni.mtu'),
      blockSize: this.get('cni.blockSize'),
      defaultPool: this.told('cni.defaultPool'),
      preAllocated: this.told('cni.preAllocated'),
      ipam: this.get('cni.ipam'),
      healthEndpoint: this.told('cni.healthEndpoint'),
      egressGateways: this.told('cni.egressGateways'),
      tunnelProtocol: this.told('cni.tunnelProtocol'),
      routingViaHost: this.told('cni.routingViaHost'),
      encryption: this.told('cni.encryption'),
      trustedSubnets: this.told('cni.trustedSubnets'),
      encryptHostTraffic: this.told('cni.encryptHostTraffic'),
      authKeyBytes: this.get('cni.authKeyBytes'),
      multicluster: this.told('cni.multicluster'),
      multiclusterEncryption: this.told('cni.multiclusterEncryption'),
      directRoutes: this.told('cni.directRoutes'),
      vni: this.get('cni.vni'),
      tunnelPort: this.get('cni.tunnelPort'),
    };
  }

  private masquerade(): MasqueradeProfile {
    return {
      plugin: this.told('masquerade.plugin'),
      agent: this.told('masquerade.agent'),
      families: this.told('masquerade.families'),
      program: this.told('masquerade.program'),
      remoteNodes: this.told('masquerade.remoteNodes'),
      nonMasqueradeCIDRs: this.get('masquerade.nonMasqueradeCIDRs'),
      allReservedRanges: this.told('masquerade.allReservedRanges'),
      linkLocal: this.told('masquerade.linkLocal'),
      linkLocalIPv6: this.told('masquerade.linkLocalIPv6'),
      nativeRoutingCIDRs: this.told('masquerade.nativeRoutingCIDRs'),
      exemptSources: this.told('masquerade.exemptSources'),
      exemptDestinations: this.told('masquerade.exemptDestinations'),
      exemptNodes: this.told('masquerade.exemptNodes'),
      natOutgoingAddress: this.get('masquerade.natOutgoingAddress'),
    };
  }

  private proxy(): ProxyProfile {
    return {
      mode: this.told('proxy.mode'),
      podCIDRs: this.told('proxy.podCIDRs'),
      detectLocal: this.told('proxy.detectLocal'),
      masqueradeAll: this.told('proxy.masqueradeAll'),
      nodePortAddresses: this.get('proxy.nodePortAddresses'),
      localhostNodePorts: this.told('proxy.localhostNodePorts'),
      nodePortRange: this.told('proxy.nodePortRange'),
      ipvs: { scheduler: this.told('proxy.ipvs.scheduler'), otherPorts: this.told('proxy.ipvs.otherPorts') },
      ebpf: {
        program: this.get('proxy.ebpf.program'),
        connectTime: this.told('proxy.ebpf.connectTime'),
        forwarding: this.told('proxy.ebpf.forwarding'),
        dispatch: this.told('proxy.ebpf.dispatch'),
        algorithm: this.told('proxy.ebpf.algorithm'),
        externalClusterIP: this.told('proxy.ebpf.externalClusterIP'),
        topologyHints: this.told('proxy.ebpf.topologyHints'),
      },
    };
  }

  private dns(): DnsProfile {
    return {
      server: this.told('dns.server'),
      corefile: this.get('dns.corefile'),
      zones: this.told('dns.zones'),
      ttl: this.told('dns.ttl'),
      pods: this.told('dns.pods'),
      namespaces: this.told('dns.namespaces'),
      endpointPodNames: this.told('dns.endpointPodNames'),
      ignoreEmptyService: this.told('dns.ignoreEmptyService'),
      fallthrough: this.get('dns.fallthrough'),
      clusterDNS: this.told('dns.clusterDNS'),
      serverIPs: this.told('dns.serverIPs'),
      hostResolvConf: this.get('dns.hostResolvConf'),
    };
  }

  private policy(): PolicyProfile {
    return {
      enforcement: this.told('policy.enforcement'),
      apis: this.told('policy.apis'),
      ipBlockMatchesPods: this.told('policy.ipBlockMatchesPods'),
      ipBlockMatchesNodes: this.told('policy.ipBlockMatchesNodes'),
      networksMatchPods: this.told('policy.networksMatchPods'),
      clusterPolicyGaps: this.told('policy.clusterPolicyGaps'),
      loopback: this.told('policy.loopback'),
      hostNetworkPods: this.told('policy.hostNetworkPods'),
      completedPods: this.told('policy.completedPods'),
      nodeToOwnPod: this.told('policy.nodeToOwnPod'),
      equalPriority: this.told('policy.equalPriority'),
      orderTies: this.told('policy.orderTies'),
      endPort: this.told('policy.endPort'),
      sctp: this.told('policy.sctp'),
      calico: { endpointToHost: this.told('policy.calico.endpointToHost') },
      cilium: {
        mode: this.told('policy.cilium.mode'),
        hostPolicies: this.told('policy.cilium.hostPolicies'),
        nodeLabels: this.told('policy.cilium.nodeLabels'),
        clusterName: this.told('policy.cilium.clusterName'),
        labels: this.told('policy.cilium.labels'),
        entitySelectors: this.told('policy.cilium.entitySelectors'),
        localCluster: this.told('policy.cilium.localCluster'),
        nonDefaultDeny: this.told('policy.cilium.nonDefaultDeny'),
        kinds: this.told('policy.cilium.kinds'),
        layer7: this.told('policy.cilium.layer7'),
        icmpRules: this.told('policy.cilium.icmpRules'),
      },
    };
  }

  private told<F extends ProfileField>(field: F): NonNullable<ProfileValue<F>> {
    const value = this.get(field);
    invariant(value !== undefined && value !== null, `the field \`${field}\` of the profile has a default`);
    return value;
  }
}
