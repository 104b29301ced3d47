import type { PolicyProfile } from '../../model/network-profile.js';

/** The switches of the profile that verdicts depend on. */
export type PolicySettings = Pick<
  PolicyProfile,
  'ipBlockMatchesPods' | 'ipBlockMatchesNodes' | 'networksMatchPods' | 'loopback' | 'hostNetworkPods' | 'completedPods' | 'nodeToOwnPod'
>;
