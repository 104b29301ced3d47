import type { NetworkModel } from '../../core/model/network-model.js';

/** The modes that a question may ask for. */
export const PROXY_MODES = ['iptables', 'nftables', 'ipvs', 'ebpf'] as const;

const memo = new WeakMap<NetworkModel, Map<string, NetworkModel>>();

/** The same cluster with another mode of its service proxy. Made once, so that what engines remember of it is remembered. */
export function inProxyMode(model: NetworkModel, mode: (typeof PROXY_MODES)[number] | undefined): NetworkModel {
  if (mode === undefined || mode === model.profile.proxy.mode) return model;
  const others = memo.get(model) ?? new Map<string, NetworkModel>();
  memo.set(model, others);
  const known = others.get(mode) ?? { ...model, profile: { ...model.profile, proxy: { ...model.profile.proxy, mode } } };
  others.set(mode, known);
  return known;
}
