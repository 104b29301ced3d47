import type { Resource } from './resource.js';

/** Calico's FelixConfiguration, the fields that profiles are read from. */
export interface FelixConfiguration extends Resource {
  readonly kind: 'FelixConfiguration';
  readonly bpfEnabled: boolean | undefined;
  readonly wireguardEnabled: boolean | undefined;
  /** The smallest MTU that is set for an encapsulation in use; undefined when none is. */
  readonly vxlanMTU: number | undefined;
  readonly ipipMTU: number | undefined;
}
