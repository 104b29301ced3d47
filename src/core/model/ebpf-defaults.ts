import type { EbpfProfile } from './network-profile.js';

/** How the replacements of kube-proxy run unless they are told otherwise: cilium/cilium `install/kubernetes/cilium/values.yaml`; projectcalico/calico `api/pkg/apis/projectcalico/v3/felixconfig.go`. */
export const EBPF_DEFAULTS: Readonly<Record<NonNullable<EbpfProfile['program']>, Omit<EbpfProfile, 'program'>>> = {
  cilium: {
    connectTime: 'all',
    forwarding: 'snat',
    dispatch: 'option',
    algorithm: 'random',
    externalClusterIP: false,
    topologyHints: false,
  },
  calico: {
    connectTime: 'tcp',
    forwarding: 'tunnel',
    dispatch: 'option',
    algorithm: 'random',
    externalClusterIP: true,
    topologyHints: true,
  },
};
