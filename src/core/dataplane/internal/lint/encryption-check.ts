import type { NetworkModel } from '../../../model/network-model.js';
import { encryptionIn } from '../../carriers.js';
import { clusterMode } from '../../cluster-mode.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';

/** An encryption that Antrea's agent refuses in the mode that it has. */
export function encryptionCheck(model: NetworkModel): readonly DataplaneDraft[] {
  const { cni } = model.profile;
  const { mode } = clusterMode(model);
  if (cni.plugin !== 'antrea' || cni.encryption === 'none' || encryptionIn(cni.plugin, mode, cni)) return [];
  const { object, pointer } = model.profileSources.get('cni.encryption') ?? {};
  const message = `Antrea is to encrypt with ${cni.encryption}, and packets go between nodes ${cni.crossSubnet ? 'of a subnet ' : ''}as they are`;
  const fix = 'set `trafficEncapMode` to `encap`, or `trafficEncryptionMode` to `none`';
  return [{ code: 'ENCRYPTION_REFUSED', object, pointer, message, fix }];
}
