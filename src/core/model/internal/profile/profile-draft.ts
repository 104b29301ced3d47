import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { NetworkProfile, ProfileSource } from '../../network-profile.js';
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
  private readonly values = new Map<ProfileField, unknown>();
  readonly sources = new Map<string, ProfileSource>();

  /** Takes the value unless the field is known already or the value is undefined. */
  offer<F extends ProfileField>(field: F, value: ProfileValue<F> | undefined, finding: Finding): void {
    if (value === undefined || this.values.has(field)) return;
    this.values.set(field, value);
    const { provenance, object, pointer, why } = finding;
    this.sources.set(field, { field, provenance, object, pointer, why });
  }

  /** The value so far. */
  get<F extends ProfileField>(field: F): ProfileValue<F> | undefined {
    return this.values.get(field) as ProfileValue<F> | undefined;
  }

  /** Whether the field is known. */
  has(field: ProfileField): boolean {
    return this.values.has(field);
  }

  /** The profile; fields nobody told are undefined where that is allowed and have been defaulted elsewhere. */
  build(): NetworkProfile {
    const value = <F extends ProfileField>(field: F): ProfileValue<F> => this.values.get(field) as ProfileValue<F>;
    return {
      ipFamilies: value('ipFamilies'),
      podCIDRs: value('podCIDRs'),
      serviceCIDRs: value('serviceCIDRs'),
      nodeCIDRMaskSizes: { v4: value('nodeCIDRMaskSizes.v4'), v6: value('nodeCIDRMaskSizes.v6') },
      clusterDomain: value('clusterDomain'),
      cni: {
        plugin: value('cni.plugin'),
        mode: this.get('cni.mode'),
        crossSubnet: value('cni.crossSubnet'),
        mtu: this.get('cni.mtu'),
        blockSize: this.get('cni.blockSize'),
      },
      proxy: {
        mode: value('proxy.mode'),
        podCIDRs: value('proxy.podCIDRs'),
        detectLocal: value('proxy.detectLocal'),
        masqueradeAll: value('proxy.masqueradeAll'),
        nodePortAddresses: this.get('proxy.nodePortAddresses'),
        localhostNodePorts: value('proxy.localhostNodePorts'),
        nodePortRange: value('proxy.nodePortRange'),
      },
      dns: {
        server: value('dns.server'),
        corefile: this.get('dns.corefile'),
        zones: value('dns.zones'),
        ttl: value('dns.ttl'),
        pods: value('dns.pods'),
        namespaces: value('dns.namespaces'),
        endpointPodNames: value('dns.endpointPodNames'),
        ignoreEmptyService: value('dns.ignoreEmptyService'),
        fallthrough: this.get('dns.fallthrough'),
        clusterDNS: value('dns.clusterDNS'),
        serverIPs: value('dns.serverIPs'),
        hostResolvConf: this.get('dns.hostResolvConf'),
      },
      policy: {
        enforcement: value('policy.enforcement'),
        apis: value('policy.apis'),
        ipBlockMatchesPods: value('policy.ipBlockMatchesPods'),
        networksMatchPods: value('policy.networksMatchPods'),
        loopback: value('policy.loopback'),
        hostNetworkPods: value('policy.hostNetworkPods'),
        completedPods: value('policy.completedPods'),
        nodeToOwnPod: value('policy.nodeToOwnPod'),
        equalPriority: value('policy.equalPriority'),
        orderTies: value('policy.orderTies'),
      },
      ingress: { controllers: value('ingress.controllers') },
    };
  }
}
