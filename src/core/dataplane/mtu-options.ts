import type { Note } from '../kernel/answer.js';
import type { NetworkModel } from '../model/network-model.js';
import { encryptionIn, isWrapping } from './carriers.js';
import { clusterMode } from './cluster-mode.js';
import type { MtuOptions } from './pod-mtu.js';

/**
 * Options of the table of MTUs that the profile tells. Direct server return is none of them: "The datapath logic takes care of the MTU overhead" (cilium/cilium
 * `pkg/datapath/tunnel/cell.go`, WithoutMTUAdaptation, since 1.15), and answers clients whose packets are too long.
 */
export function mtuOptionsOf(model: NetworkModel): MtuOptions {
  const { cni, underlay } = model.profile;
  // That nobody has switched them off makes no room for them.
  const hasGateways =
    !isWrapping(cni.plugin, clusterMode(model).mode) &&
    cni.egressGateways &&
    model.profileSources.get('cni.egressGateways')?.provenance !== 'assumed';
  const isPossible = encryptionIn(cni.plugin, clusterMode(model).mode, cni) !== undefined;
  return {
    encryption: cni.encryption === 'none' || !isPossible ? undefined : cni.encryption,
    authKeyBytes: cni.authKeyBytes,
    egressGateways: hasGateways ? cni.tunnelProtocol : undefined,
    provider: underlay.provider,
    encryptHostTraffic: cni.encryptHostTraffic,
    multicluster: cni.multicluster,
    multiclusterEncryption: cni.multiclusterEncryption === 'none' ? undefined : cni.multiclusterEncryption,
  };
}

/** What the options add, in words, to follow on the mode. */
export function optionsText(options: MtuOptions): string {
  const { encryption, authKeyBytes, dsr, egressGateways, provider, encryptHostTraffic, multicluster } = options;
  const isAks = provider?.toLowerCase() === 'aks' && encryptHostTraffic;
  const parts = [
    encryption && `${encryption}${encryption === 'ipsec' && authKeyBytes !== undefined ? ` (a key of ${authKeyBytes} bytes)` : ''}`,
    dsr && `DSR by ${dsr}`,
    egressGateways && `egress gateways by ${egressGateways}`,
    isAks && 'encrypted traffic of hosts on AKS',
    multicluster && 'the gateway to other clusters',
  ].filter((part) => part !== undefined && part !== false);
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`;
}

/** A note where Cilium encrypts by IPsec, and nobody tells how long the key is that authenticates. */
export function authKeyAssumption({ profile: { cni } }: NetworkModel): readonly Note[] {
  const isOfCilium = cni.plugin === 'cilium' || cni.plugin === 'gke-dataplane-v2';
  if (!isOfCilium || cni.encryption !== 'ipsec' || cni.authKeyBytes !== undefined) return [];
  const message =
    'what authenticates IPsec is taken to be 16 bytes long, as by `rfc4106(gcm(aes))` with 128: Secrets are not kept; set `cni.authKeyBytes`';
  return [{ code: 'AUTH_KEY_ASSUMED', message }];
}
