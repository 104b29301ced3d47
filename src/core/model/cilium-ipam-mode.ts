/** Every mode that `ipam` of cilium-config may have (cilium/cilium `pkg/ipam/option/option.go`). */
export const CILIUM_IPAM_MODES = [
  'cluster-pool',
  'multi-pool',
  'kubernetes',
  'crd',
  'eni',
  'azure',
  'alibabacloud',
  'delegated-plugin',
] as const;

/** One of them. */
export type CiliumIpamMode = (typeof CILIUM_IPAM_MODES)[number];
