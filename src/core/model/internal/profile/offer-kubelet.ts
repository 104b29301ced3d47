import type { ResourceIndex } from '../resource-index.js';
import { addressesOf, configValue, textOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** KubeletConfiguration as kubeadm keeps it (`kubelet-config`, before 1.24 `kubelet-config-1.23`); the newest by name. */
export function offerKubelet(draft: ProfileDraft, { configMaps }: ResourceIndex): void {
  const maps = [...configMaps.values()].filter(({ ref }) => ref.namespace === 'kube-system' && /^kubelet-config(-1\.\d+)?$/.test(ref.name));
  const map = maps.find(({ ref }) => ref.name === 'kubelet-config') ?? maps.at(-1);
  const text = map?.data['kubelet'];
  if (!map || text === undefined) return;
  const config = readConfigText(text);
  const at = (path: string) => toldBy(map.ref, '/data/kubelet', `\`${path}\` of KubeletConfiguration`);
  draft.offer('clusterDomain', textOf(configValue(config, 'clusterDomain'))?.replace(/\.$/, ''), at('clusterDomain'));
  draft.offer('dns.clusterDNS', addressesOf(configValue(config, 'clusterDNS')), at('clusterDNS'));
}
