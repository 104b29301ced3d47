import type { FelixConfiguration } from '../resources/felix-configuration.js';

/** What Felix may be told by the environment of calico-node, of that which this model reads. */
export type FelixField =
  | 'bpfEnabled'
  | 'bpfExternalServiceMode'
  | 'bpfConnectTimeLoadBalancing'
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

/** Settings of Felix. A field that is there and undefined: told, and Felix does what it does by default, whatever an object says. */
export type FelixSettings = Readonly<Partial<Pick<FelixConfiguration, FelixField>>>;
