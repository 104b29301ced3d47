import type { Answer } from '../../src/core/kernel/answer.js';
import { NO_SETTINGS, type ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { parseEndpointSelector } from '../../src/core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../src/core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../src/core/model/resolved-endpoints.js';
import { parseProtocol } from '../../src/core/net/protocol.js';
import type { PolicyVerdict, PolicyVerdictResult } from '../../src/core/policy/policy-result.js';
import { policyVerdict } from '../../src/core/policy/policy-verdict.js';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { modelOf } from './model.js';
import { finished } from '../../src/core/kernel/steps.js';

/**
 * Specs of NetworkPolicies by `namespace/name`, of policies of the cluster by `anp name`, `banp default`, `cnp name`, and of Cilium's policies by
 * `ciliumnp namespace/name`, `ccnp name`, `cidrgroup name`.
 */
export type PolicySpecs = Readonly<Record<string, JsonObject>>;

/**
 * A cluster in the notation of the tables, one object a line:
 *
 * ```
 * ns shop team=a                                   a Namespace with labels
 * node n1 192.168.0.1 role=worker                  a Node with its address and labels
 * shop/web app=web http=8080 dns=53/UDP @10.0.0.1  a running Pod: labels, container ports (lower case before a number), address
 * shop/tool app=tool on n1 host finished as luke   on a node, on its host network, in phase Succeeded, with a service account
 * svc shop/web app=web http=80:8080                a Service: selector, ports as name=port:targetPort
 * ```
 */
export function policyCluster(text: string, policies: PolicySpecs = {}, settings: ProfileSettings = NO_SETTINGS): NetworkModel {
  return modelOf(policyObjects(text, policies), settings);
}

/** The objects of that notation. */
export function policyObjects(text: string, policies: PolicySpecs = {}): readonly KubernetesObject[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [...lines.map(objectOf), ...Object.entries(policies).map(([name, spec]) => networkPolicy(name, spec))];
}

const CLUSTER_KINDS: Readonly<Record<string, readonly [kind: string, version: string]>> = {
  anp: ['AdminNetworkPolicy', 'v1alpha1'],
  banp: ['BaselineAdminNetworkPolicy', 'v1alpha1'],
  cnp: ['ClusterNetworkPolicy', 'v1alpha2'],
  'cnp/v1beta1': ['ClusterNetworkPolicy', 'v1beta1'],
};

const CILIUM_KINDS: Readonly<Record<string, string>> = {
  ciliumnp: 'CiliumNetworkPolicy',
  ccnp: 'CiliumClusterwideNetworkPolicy',
  cidrgroup: 'CiliumCIDRGroup',
};

/** A NetworkPolicy `namespace/name`, a policy of the cluster, or one of Cilium. */
export function networkPolicy(qualified: string, spec: JsonObject): KubernetesObject {
  const [short = '', own = ''] = qualified.split(' ');
  const cilium = CILIUM_KINDS[short];
  if (cilium !== undefined) return { apiVersion: 'cilium.io/v2', kind: cilium, metadata: namedAs(own), spec };
  const [kind, version] = CLUSTER_KINDS[short] ?? [];
  if (kind !== undefined) return { apiVersion: `policy.networking.k8s.io/${version ?? ''}`, kind, metadata: { name: own }, spec };
  const [namespace = '', name = ''] = qualified.split('/');
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function namedAs(qualified: string): KubernetesObject['metadata'] {
  const [namespace = '', name] = qualified.split('/');
  return name === undefined ? { name: qualified } : { name, namespace };
}

function objectOf(line: string): KubernetesObject {
  const words = line.split(/\s+/);
  const [first = '', second = ''] = words;
  switch (first) {
    case 'ns':
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: second, labels: labelsOf(words.slice(2)) } };
    case 'node': {
      const addresses = words.slice(2).filter((word) => !word.includes('='));
      const status = { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) };
      return { apiVersion: 'v1', kind: 'Node', metadata: { name: second, labels: labelsOf(words.slice(2)) }, status };
    }
    case 'svc':
      return service(second, words.slice(2));
    default:
      return pod(first, words.slice(1));
  }
}

const PORT = /^([a-z0-9-]+)=(\d+)(?:\/(TCP|UDP|SCTP))?$/;

/** A word `name=number` is a container port, any other `key=value` a label. */
function labelsOf(words: readonly string[]): Record<string, string> {
  const pairs = words.filter((word) => word.includes('=') && !PORT.test(word)).map((word) => word.split('='));
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]));
}

function pod(qualified: string, words: readonly string[]): KubernetesObject {
  const [namespace = '', name = ''] = qualified.split('/');
  const ports = words.flatMap((word) => {
    const [, port, containerPort, protocol] = PORT.exec(word) ?? [];
    return port === undefined ? [] : [{ name: port, containerPort: Number(containerPort), ...(protocol ? { protocol } : {}) }];
  });
  const podIPs = words.filter((word) => word.startsWith('@')).map((word) => ({ ip: word.slice(1) }));
  const node = words.includes('on') ? words[words.indexOf('on') + 1] : 'somewhere';
  const account = words.includes('as') ? { serviceAccountName: words[words.indexOf('as') + 1] } : {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: labelsOf(words) },
    spec: { nodeName: node, ...account, hostNetwork: words.includes('host'), containers: [{ name: 'main', ports }] },
    status: {
      phase: words.includes('finished') ? 'Succeeded' : 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      ...(podIPs[0] ? { podIP: podIPs[0].ip, podIPs } : {}),
    },
  };
}

function service(qualified: string, words: readonly string[]): KubernetesObject {
  const [namespace = '', name = ''] = qualified.split('/');
  const ports = words.flatMap((word) => {
    const [, port, number, target, protocol] = /^([a-z0-9-]+)=(\d+):([\w-]+)(?:\/(TCP|UDP|SCTP))?$/.exec(word) ?? [];
    if (port === undefined) return [];
    return [
      {
        name: port,
        port: Number(number),
        targetPort: /^\d+$/.test(target ?? '') ? Number(target) : target,
        ...(protocol ? { protocol } : {}),
      },
    ];
  });
  const selector = labelsOf(words.filter((word) => !word.includes(':')));
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector, ports } };
}

/** The endpoints a selector names; a problem fails the test. `shop/web` is a pod, `10.0.0.1` an address. */
export function endpoints(model: NetworkModel, text: string): ResolvedEndpoints {
  const written = /^[\da-f:.]+$/.test(text)
    ? `ip/${text}`
    : /^[a-z0-9-]+\/[a-z0-9-]+$/.test(text) && !/^(ns|node|ip)\//.test(text)
      ? `pod/${text}`
      : text;
  const selector = parseEndpointSelector(written);
  const resolved = selector.ok ? resolveEndpoints(model, selector.value) : selector;
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value;
}

/** The answer to `from -> to`, `from -> to:port` or `from -> to:port PROTOCOL`. */
export function askPolicy(model: NetworkModel, flow: string): Answer<PolicyVerdict, PolicyVerdictResult> {
  const [, from = '', to = '', port, protocol] = /^(\S+) -> (\S+?)(?::([\w-]+))?(?: (TCP|UDP|SCTP))?$/.exec(flow) ?? [];
  const answer = finished(
    policyVerdict(model, {
      from: endpoints(model, from),
      to: endpoints(model, to),
      port,
      protocol: protocol === undefined ? undefined : parseProtocol(protocol),
    }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

const WORDS: Readonly<Record<PolicyVerdict, string>> = { ALLOWED: 'allow', DENIED: 'deny', MIXED: 'mixed', NO_ENDPOINT: 'nothing' };

/**
 * The rows `shop/cart -> shop/db:5432 TCP = allow` of a table, each with the verdict that the engine gives: compare the whole with {@link rowsOf}, so that a
 * failing row shows itself.
 */
export function judgedRows(model: NetworkModel, table: string): readonly string[] {
  return rowsOf(table).map((row) => {
    const [flow = ''] = row.split(' = ');
    return `${flow} = ${WORDS[askPolicy(model, flow).verdict]}`;
  });
}

/** The rows of a table, without blank lines and what stands behind `#`. */
export function rowsOf(table: string): readonly string[] {
  return table
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
