import type { Ip } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { LabelRequirement } from './label-selector.js';
import type { Labels, Resource } from './resource.js';

/** A declared port of a container. */
export interface ContainerPort {
  readonly name: string | undefined;
  readonly containerPort: number;
  readonly protocol: Protocol;
  readonly hostPort: number | undefined;
  readonly hostIP: Ip | undefined;
}

/** What the model needs of a container. `sidecar`: an init container with `restartPolicy: Always`. */
export interface Container {
  readonly name: string;
  readonly ports: readonly ContainerPort[];
  readonly sidecar: boolean;
  /** Of a sidecar: its place among all init containers. */
  readonly position?: number;
  /** Kept only for containers that run a part of the cluster's network (kube-apiserver, calico-node …): profiles are read from it. */
  readonly component?: NetworkComponent;
}

/** A ConfigMap whose keys, each behind the prefix, are environment variables. */
export interface ConfigMapVariables {
  readonly configMap: string;
  readonly prefix: string;
}

/** How a part of the cluster's network is started. */
export interface NetworkComponent {
  /** Last part of the image without tag: `kube-apiserver`, `weave-kube`. */
  readonly image: string;
  /** `v3.32.0`; undefined where the image has none. */
  readonly tag: string | undefined;
  /** `command` and `args`, in order. */
  readonly arguments: readonly string[];
  /** Environment variables with a literal value. */
  readonly environment: Labels;
  /** Environment variables by name whose value is that of a key of a ConfigMap. */
  readonly configMapKeys: ReadonlyMap<string, ConfigMapKey>;
  /** ConfigMaps whose keys are environment variables (`envFrom`), in order: the last that has a key counts, and what the container names itself goes before all. */
  readonly environmentFrom: readonly ConfigMapVariables[];
  /** Names of environment variables whose value is that of a Secret, which has to be there. */
  readonly secrets: readonly string[];
  /** ConfigMaps that stand in its file system. */
  readonly mounts: readonly ConfigMapMount[];
}

/** A key of a ConfigMap, which is of the container's namespace. */
export interface ConfigMapKey {
  readonly configMap: string;
  readonly key: string;
}

/** A ConfigMap in the file system of a container. */
export interface ConfigMapMount {
  readonly configMap: string;
  readonly mountPath: string;
  /** Only this file of the volume stands at `mountPath`; undefined: the whole volume. */
  readonly subPath: string | undefined;
  /** The paths of the keys in the volume; undefined: every key, by its own name. */
  readonly items: readonly { readonly key: string; readonly path: string }[] | undefined;
}

/** An entry of `spec.hostAliases`: a line of the pod's `/etc/hosts`. */
export interface HostAlias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

/** A toleration of a pod. */
export interface Toleration {
  readonly key: string | undefined;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  readonly effect: string | undefined;
}

/** `spec.dnsPolicy`. */
export type DnsPolicy = 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';

/** `spec.dnsConfig`. */
export interface PodDnsConfig {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** A pod's specification, defaulted. */
export interface PodSpec {
  /** Ordinary containers first, then init containers that are sidecars, each in their own order. */
  readonly containers: readonly Container[];
  readonly hostNetwork: boolean;
  readonly hostname: string | undefined;
  readonly subdomain: string | undefined;
  readonly setHostnameAsFQDN: boolean;
  /** The whole hostname inside, whatever the others say (KEP-4762). */
  readonly hostnameOverride: string | undefined;
  readonly dnsPolicy: DnsPolicy;
  readonly dnsConfig: PodDnsConfig | undefined;
  readonly hostAliases: readonly HostAlias[];
  readonly enableServiceLinks: boolean;
  readonly serviceAccountName: string;
  readonly nodeName: string | undefined;
  readonly nodeSelector: Labels;
  /** `affinity.nodeAffinity.requiredDuringScheduling…`: terms are ORed, the requirements of a term ANDed. Empty = no constraint. */
  readonly requiredNodeTerms: readonly (readonly LabelRequirement[])[];
  readonly tolerations: readonly Toleration[];
}

/** `status.phase`; `Unknown` where a status has none. */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** An imported pod. */
export interface Pod extends Resource {
  readonly kind: 'Pod';
  /** Nobody has seen it: in a state that is supposed, its controller would have made it. */
  readonly derived?: true;
  readonly spec: PodSpec;
  /** Undefined where the pod has no status: it comes from a manifest, not from a cluster. */
  readonly status: PodStatus | undefined;
  /** `metadata.deletionTimestamp` is set. */
  readonly terminating: boolean;
}

/** What an imported pod's status says. */
export interface PodStatus {
  readonly phase: PodPhase;
  readonly podIPs: readonly Ip[];
  readonly hostIP: Ip | undefined;
  /** The `Ready` condition is True. */
  readonly ready: boolean;
}
