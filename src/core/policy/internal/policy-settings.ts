import type { PolicyProfile } from '../../model/network-profile.js';

/** The switches of the profile that NetworkPolicy v1 depends on. */
export type PolicySettings = Pick<PolicyProfile, 'ipBlockMatchesPods' | 'loopback' | 'hostNetworkPods' | 'completedPods' | 'nodeToOwnPod'>;
