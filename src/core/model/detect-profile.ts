import type { DnsSetup } from './dns-setup.js';
import { FelixTold } from './internal/profile/felix-told.js';
import { findTraces } from './internal/profile/network-traces.js';
import { offerControlPlaneFlags, offerKubeadm, offerServiceCIDRs } from './internal/profile/offer-control-plane.js';
import { offerDefaults } from './internal/profile/offer-defaults.js';
import { offerDns } from './internal/profile/offer-dns.js';
import { offerIngress } from './internal/profile/offer-ingress.js';
import { offerKubelet } from './internal/profile/offer-kubelet.js';
import { offerLoadBalancers } from './internal/profile/offer-load-balancers.js';
import { offerOpenShift } from './internal/profile/offer-openshift.js';
import { offerPlugin } from './internal/profile/offer-plugin.js';
import { offerProxy } from './internal/profile/offer-proxy.js';
import { offerFamilies, offerNodeMasks, offerPodRanges, offerServiceRanges } from './internal/profile/offer-ranges.js';
import { offerSettings } from './internal/profile/offer-settings.js';
import { ProfileDraft } from './internal/profile/profile-draft.js';
import { readDnsSetup } from './internal/profile/read-dns-setup.js';
import type { ResourceIndex } from './internal/resource-index.js';
import type { FelixAgent, FelixSettings } from './felix-settings.js';
import type { NetworkProfile, ProfileSource } from './network-profile.js';
import type { ProfileSettings } from './profile-settings.js';

/** A profile, and where each of its fields comes from. */
export interface DetectedProfile {
  readonly profile: NetworkProfile;
  /** By dotted path. */
  readonly sources: ReadonlyMap<string, ProfileSource>;
}

/** A profile, and what stands beside it. */
interface Detection extends DetectedProfile {
  readonly dnsSetup: DnsSetup;
  readonly felixEnvironment: FelixSettings;
  readonly felixAgent: FelixAgent | undefined;
}

/**
 * The cluster's network profile: what is set, else what the objects tell, else a default. The first source that tells a field wins; their order, and the
 * reason for it, stands in `internal/profile/README.md`.
 */
export function* detectProfile(resources: ResourceIndex, settings: ProfileSettings): Generator<undefined, Detection> {
  const draft = new ProfileDraft();
  const { components, systemPods, annotated } = yield* findTraces(resources);
  const dnsSetup = readDnsSetup(resources, components);
  offerSettings(draft, settings);
  offerPlugin(draft, { resources, components, annotated });
  offerLoadBalancers(draft, { resources, components, annotated });
  offerOpenShift(draft, resources);
  offerNodeMasks(draft, resources);
  offerServiceCIDRs(draft, resources);
  offerControlPlaneFlags(draft, components);
  offerKubelet(draft, resources);
  offerKubeadm(draft, resources);
  offerDns(draft, resources, { systemPods, dnsSetup });
  offerProxy(draft, resources, components);
  offerIngress(draft, resources, components);
  offerFamilies(draft, resources);
  offerPodRanges(draft, resources);
  offerServiceRanges(draft, resources);
  offerDefaults(draft);
  const felix = new FelixTold({ components, resources });
  return {
    profile: draft.build(),
    sources: draft.sources,
    dnsSetup,
    felixEnvironment: felix.environment,
    felixAgent: felix.agent,
  };
}
