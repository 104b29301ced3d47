import type { ObjectRef } from '../kernel/object-ref.js';
import type { FelixConfiguration } from '../resources/felix-configuration.js';

/** What Felix may be told by the environment of calico-node, of that which this model reads. */
export type FelixField =
  | 'bpfEnabled'
  | 'bpfExternalServiceMode'
  | 'bpfConnectTimeLoadBalancing'
  | 'endpointToHost'
  | 'failsafeInbound'
  | 'failsafeOutbound'
  | 'ipipEnabled'
  | 'ipipMTU'
  | 'natOutgoingAddress'
  | 'natOutgoingExclusions'
  | 'vxlanEnabled'
  | 'vxlanMTU'
  | 'vxlanMTUV6'
  | 'vxlanPort'
  | 'vxlanVNI'
  | 'wireguardEnabled'
  | 'wireguardEnabledV6'
  | 'wireguardHostEncryptionEnabled'
  | 'wireguardMTU'
  | 'wireguardMTUV6';

/** The container in which Felix runs, and where its environment stands. */
export interface FelixAgent {
  readonly object: ObjectRef;
  /** JSON pointer of the variables. */
  readonly pointer: string;
}

/** Settings of Felix. A field that is there and undefined: told, and Felix does what it does by default, whatever an object says. */
export type FelixSettings = Readonly<Partial<Pick<FelixConfiguration, FelixField>>>;
