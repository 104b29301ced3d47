import type { Labels, Resource } from './resource.js';

/** A ConfigMap: where network profiles are read from (Corefile, kube-proxy, kubeadm-config, kube-flannel-cfg, cilium-config …). */
export interface ConfigMap extends Resource {
  readonly kind: 'ConfigMap';
  readonly namespace: string;
  readonly data: Labels;
}
