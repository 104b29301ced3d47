import type { ObjectRef } from '../kernel/object-ref.js';
import type { Labels } from '../resources/resource.js';

/** What the input tells of the DNS servers beside the Corefile: how they are started, and the configuration of kube-dns and of NodeLocal DNSCache. */
export interface DnsSetup {
  /** CoreDNS' container; undefined: the input has none. */
  readonly server: DnsServerContainer | undefined;
  /** The ConfigMap `kube-dns`, which kube-dns and NodeLocal DNSCache read. */
  readonly kubeDns: KubeDnsConfig | undefined;
  /** NodeLocal DNSCache; undefined: the input does not show that it runs. */
  readonly nodeLocal: NodeLocalDns | undefined;
}

/** The container that a DNS server runs in. */
export interface DnsServerContainer {
  readonly ref: ObjectRef;
  /** Variables with a literal value. */
  readonly environment: Labels;
  /** Files that ConfigMaps put into the container, by absolute path. */
  readonly files: ReadonlyMap<string, ConfigFile>;
}

/** A file that stands in a ConfigMap. */
export interface ConfigFile {
  readonly text: string;
  readonly ref: ObjectRef;
  readonly key: string;
}

/** `stubDomains`, `upstreamNameservers` and `federations` (kubernetes/dns `pkg/dns/config/config.go`). */
export interface KubeDnsConfig {
  readonly ref: ObjectRef;
  /** Who answers names below a domain, by domain as it is written. */
  readonly stubDomains: readonly { readonly domain: string; readonly servers: readonly string[] }[];
  /** Empty: those of the node. */
  readonly upstreamNameservers: readonly string[];
  /** The domain of each federation that the cluster belongs to, by the federation's name. */
  readonly federations: ReadonlyMap<string, string>;
  /** Why nothing of it is used; undefined: it is. */
  readonly invalid: string | undefined;
}

/** The cache that runs on every node (KEP-1024). */
export interface NodeLocalDns {
  /** `DaemonSet/kube-system/node-local-dns`. */
  readonly workload: string;
  /** Addresses of `-localip`, in canonical text. */
  readonly localIPs: readonly string[];
  /** Its own Corefile, placeholders included; undefined: it is not in the input. */
  readonly corefile: ConfigFile | undefined;
}
