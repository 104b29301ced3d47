import type { ServiceVerdict, ServiceView } from './service-question.js';

/** Every verdict with its meaning. */
export const PROXY_COMPARISON_VERDICTS = {
  ALIKE: 'every service proxy treats the packet as the cluster’s own does',
  DIFFERENT: 'under some other service proxy the verdict, the endpoints or the address that they see differ',
} as const;

/** Whether proxies differ. */
export type ProxyVerdict = keyof typeof PROXY_COMPARISON_VERDICTS;

/** The reasons of a comparison. */
export const PROXY_COMPARISON_REASONS = {
  PROXY_ALIKE: 'the proxy treats the packet as the cluster’s own does',
  PROXY_DIFFERS: 'the proxy treats the packet otherwise than the cluster’s own',
} as const;

/** What may differ. */
export type ProxyAspect = 'verdict' | 'endpoints' | 'source';

/** Whose address endpoints see: `both`, it depends on endpoint or node. */
export type SourceKind = 'sender' | 'node' | 'both';

/** One way in which a proxy differs from the cluster's own. */
export interface ProxyDifference {
  readonly aspect: ProxyAspect;
  readonly message: string;
}

/** What becomes of the packet under one proxy. */
export interface ComparedProxy {
  /** `iptables`, `nftables`, `ipvs`, `cilium`, `calico`; `ebpf`: a replacement whose program is not known. */
  readonly proxy: string;
  readonly verdict: ServiceVerdict;
  /** Why, of the verdict. */
  readonly message: string;
  /** `ip:port`. */
  readonly endpoints: readonly string[];
  /** Null: no endpoint sees it, or nothing is translated. */
  readonly source: SourceKind | null;
  /** The one address that endpoints see; null when it is no single one. */
  readonly sourceSeen: string | null;
  /** From the cluster's own, which has none. */
  readonly differences: readonly ProxyDifference[];
}

/** The room's part of the answer. */
export interface ProxyComparison {
  readonly service: ServiceView | null;
  /** The cluster's own first. */
  readonly proxies: readonly ComparedProxy[];
}
