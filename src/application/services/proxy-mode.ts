import { EBPF_DEFAULTS } from '../../core/model/ebpf-defaults.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ProxyProfile } from '../../core/model/network-profile.js';

/** The modes that a question may ask for. */
export const PROXY_MODES = ['iptables', 'nftables', 'ipvs', 'ebpf'] as const;

/** The service proxies whose rules are known: modes of kube-proxy, and what stands in its place. */
export const SERVICE_PROXIES = ['iptables', 'nftables', 'ipvs', 'cilium', 'calico'] as const;

/** The name of a service proxy. */
export type ServiceProxy = (typeof SERVICE_PROXIES)[number];

const memo = new WeakMap<NetworkModel, Map<string, NetworkModel>>();

/** The same cluster with another mode of its service proxy. */
export function inProxyMode(model: NetworkModel, mode: (typeof PROXY_MODES)[number] | undefined): NetworkModel {
  return mode === undefined || mode === model.profile.proxy.mode ? model : variant(model, mode, { mode });
}

/** The same cluster under another service proxy; one that stands in kube-proxy's place runs with its own defaults. */
export function underProxy(model: NetworkModel, proxy: ServiceProxy): NetworkModel {
  if (proxy === proxyOf(model)) return model;
  if (proxy !== 'cilium' && proxy !== 'calico') return inProxyMode(model, proxy);
  return variant(model, proxy, { mode: 'ebpf', ebpf: { program: proxy, ...EBPF_DEFAULTS[proxy] } });
}

/** The service proxy of the cluster; undefined: a replacement whose program is not known. */
export function proxyOf({ profile: { proxy } }: NetworkModel): ServiceProxy | undefined {
  return proxy.mode === 'ebpf' ? proxy.ebpf.program : proxy.mode;
}

/** Made once, so that what engines remember of it is remembered. Where node ports answer on localhost by the mode's default, the default is that of the new mode. */
function variant(model: NetworkModel, name: string, changed: Pick<ProxyProfile, 'mode'> & Partial<ProxyProfile>): NetworkModel {
  const variants = memo.get(model) ?? new Map<string, NetworkModel>();
  memo.set(model, variants);
  const known = variants.get(name) ?? {
    ...model,
    profile: { ...model.profile, proxy: { ...model.profile.proxy, ...localhost(model, changed), ...changed } },
  };
  variants.set(name, known);
  return known;
}

function localhost({ profileSources }: NetworkModel, { mode }: Pick<ProxyProfile, 'mode'>): Partial<ProxyProfile> {
  const isDefault = profileSources.get('proxy.localhostNodePorts')?.provenance === 'defaulted';
  return isDefault ? { localhostNodePorts: mode === 'iptables' } : {};
}
