import type { Resource } from './resource.js';

/** What Calico's operator is told (`operator.tigera.io`), of which this model reads the MTU. */
export interface CalicoInstallation extends Resource {
  readonly kind: 'Installation';
  /** Of pods and of every tunnel; undefined: Calico finds it out. */
  readonly mtu: number | undefined;
  /** Whose plugin gives pods their addresses; `Calico` where it is left out. */
  readonly cniType: string;
}
