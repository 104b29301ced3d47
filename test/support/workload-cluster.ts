import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { Json } from '../../src/core/kernel/json.js';
import { formatIp } from '../../src/core/net/ip.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
};

/**
 * Workloads, pods and nodes in the notation of the tables, one object a line, everything in namespace `t`:
 *
 * ```
 * Deployment web x3 app=web             kind, name, replicas (parallelism of a Job), labels of the template
 * StatefulSet db x2 service=db from=5   its governing service, its first ordinal
 * Pod web-1 app=web of ReplicaSet/web   its controller; `of` goes for every kind
 *     @n1 10.244.0.5 host:192.168.0.1   node, addresses, host address; with a phase the pod has a status, without it comes from a manifest
 *     Running NotReady Terminating      phase, conditions
 * … hostNetwork on:disk=ssd             where a pod wants to be: nodeSelector,
 *     in:zone=a,b tolerates:gpu         node affinity, tolerations (`tolerates:*` everything)
 * Node n1 zone=a taint:gpu cordoned     labels, taints (NoSchedule), unschedulable,
 *     10.244.0.0/24 192.168.0.1 max=10  pod ranges, addresses (`ext:` external), how many pods it takes
 * ```
 */
export function workloadCluster(text: string): KubernetesObject[] {
  return text
    .split(/\n|;/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [kind = '', name = '', ...words] = line.split(/\s+/);
      if (kind === 'Node') return node(name, words);
      if (kind === 'Pod') return pod(name, words);
      return workload(kind, name, words);
    });
}

const after = (words: readonly string[], prefix: string) =>
  words.filter((word) => word.startsWith(prefix)).map((word) => word.slice(prefix.length));
const labelsOf = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    words
      .filter((word) => /^[\w./-]+=[^,]*$/.test(word) && !/^(service|from|max|completions)=/.test(word))
      .map((word) => word.split('=') as [string, string]),
  );
const addressesOf = (words: readonly string[]) => words.filter((word) => /^[\da-f]*[.:][\da-f.:]*$/i.test(word));

function owners(words: readonly string[]): { ownerReferences?: Json[] } {
  const [kind, name] = words[words.indexOf('of') + 1]?.split('/') ?? [];
  if (!words.includes('of') || kind === undefined || name === undefined) return {};
  return { ownerReferences: [{ apiVersion: GROUPS[kind] ?? 'v1', kind, name, controller: true, uid: '1' }] };
}

function podSpec(words: readonly string[]): { [key: string]: Json } {
  const selectors = after(words, 'on:').map((pair) => pair.split('=') as [string, string]);
  const terms = after(words, 'in:').map((pair): Json => {
    const [key = '', values = ''] = pair.split('=');
    return { matchExpressions: [{ key, operator: 'In', values: values.split(',') }] };
  });
  const tolerations = after(words, 'tolerates:').map((key): Json => (key === '*' ? { operator: 'Exists' } : { key, operator: 'Exists' }));
  const required = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  return {
    containers: [{ name: 'main' }],
    ...(words.includes('hostNetwork') ? { hostNetwork: true } : {}),
    ...(selectors.length > 0 ? { nodeSelector: Object.fromEntries(selectors) } : {}),
    ...(terms.length > 0 ? { affinity: required } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
  };
}

function workload(kind: string, name: string, words: readonly string[]): KubernetesObject {
  const count = words.find((word) => /^x\d+$/.test(word))?.slice(1);
  const number = (prefix: string) => after(words, prefix).map(Number)[0];
  const [completions, start] = [number('completions='), number('from=')];
  const template = { metadata: { labels: labelsOf(words) }, spec: podSpec(words) };
  const jobSpec = {
    template,
    ...(count === undefined ? {} : { parallelism: Number(count) }),
    ...(completions === undefined ? {} : { completions }),
  };
  const spec: { [key: string]: Json } =
    kind === 'CronJob'
      ? { schedule: '* * * * *', jobTemplate: { spec: jobSpec } }
      : kind === 'Job'
        ? jobSpec
        : {
            selector: kind === 'ReplicationController' ? labelsOf(words) : { matchLabels: labelsOf(words) },
            template,
            ...(count === undefined ? {} : { replicas: Number(count) }),
            ...(kind === 'StatefulSet' ? { serviceName: after(words, 'service=')[0] ?? 'none' } : {}),
            ...(start === undefined ? {} : { ordinals: { start } }),
          };
  return { apiVersion: GROUPS[kind] ?? 'v1', kind, metadata: { name, namespace: 't', ...owners(words) }, spec };
}

function pod(name: string, words: readonly string[]): KubernetesObject {
  const nodeName = after(words, '@')[0];
  const phase = words.find((word) => ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].includes(word));
  const ready = words.includes('NotReady') ? 'False' : 'True';
  const hostIP = after(words, 'host:')[0];
  const status = {
    ...(phase === undefined ? {} : { phase, conditions: [{ type: 'Ready', status: ready }] }),
    podIPs: addressesOf(words).map((ip) => ({ ip })),
    ...(hostIP === undefined ? {} : { hostIP }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 't',
      labels: labelsOf(words),
      ...owners(words),
      ...(words.includes('Terminating') ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { ...podSpec(words), ...(nodeName === undefined ? {} : { nodeName }) },
    ...(phase === undefined && hostIP === undefined ? {} : { status }),
  };
}

function node(name: string, words: readonly string[]): KubernetesObject {
  const podCIDRs = words.filter((word) => word.includes('/') && !word.includes('='));
  const taints = after(words, 'taint:').map((key) => ({ key, effect: 'NoSchedule' }));
  const pods = after(words, 'max=')[0];
  const addresses = words.flatMap((word) => [
    ...after([word], 'ext:').map((address) => ({ type: 'ExternalIP', address })),
    ...addressesOf([word]).map((address) => ({ type: 'InternalIP', address })),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: labelsOf(words) },
    spec: {
      ...(podCIDRs.length > 0 ? { podCIDRs } : {}),
      ...(taints.length > 0 ? { taints } : {}),
      ...(words.includes('cordoned') ? { unschedulable: true } : {}),
    },
    status: { addresses, ...(pods === undefined ? {} : { allocatable: { pods } }) },
  };
}

/** `web-0 @n1 10.244.0.2`: each pod with its node and addresses; `-` stands for none. */
export function podLines(model: NetworkModel): string[] {
  return model.pods.map(({ name, nodeName, ips }) => {
    const addresses = ips.map(({ value }) => formatIp(value));
    return [name, nodeName ? `@${nodeName.value}` : '-', ...(addresses.length === 0 ? ['-'] : addresses)].join(' ');
  });
}

/** `Deployment web: web-1 web-2`: each workload with its pods. */
export function workloadLines(model: NetworkModel): string[] {
  return model.workloads.map(({ kind, name, pods }) => [`${kind} ${name}:`, ...pods.map((id) => model.pods[id]?.name)].join(' '));
}

/** How many pods each node has: `n1 2, n2 1`. */
export function spread(model: NetworkModel): string {
  return [...model.nodes.keys()].map((name) => `${name} ${model.pods.filter((one) => one.nodeName?.value === name).length}`).join(', ');
}
