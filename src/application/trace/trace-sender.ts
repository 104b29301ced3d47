import type { NameQuestion } from '../../core/dns/name-question.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { ModelPod, NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import type { Ip } from '../../core/net/ip.js';

/** Who sends a request. */
export interface TraceSender {
  /** `pod shop/web-0`, `deploy/shop/web`, `node harbor-1`, `203.0.113.9`, `the internet`. */
  readonly label: string;
  readonly endpoints: ResolvedEndpoints;
  /** The pods that send; of one workload, so that they resolve names alike. */
  readonly pods: readonly ModelPod[];
  /** Whose resolver is asked; undefined: somebody outside the cluster, of whose resolver nothing is known. */
  readonly asker: NonNullable<NameQuestion['from']> | undefined;
  /** The very address that was named. */
  readonly ip: Ip | undefined;
}

const SENDERS = new Set(['pod', 'workload', 'node', 'ip', 'internet']);

/** Reads `from`: a pod, the pods of a workload, a node, an address, the internet. */
export function senderIn(model: NetworkModel, text: string): Result<TraceSender, Problem> {
  const selector = parseEndpointSelector(text);
  if (!selector.ok) return selector;
  const { value } = selector;
  if (!SENDERS.has(value.type)) {
    const message = `\`${text}\` names no single kind of sender: expected a pod, a workload, a node, an address or \`internet\``;
    return err(problem('invalid-request', message, { errors: [{ pointer: '/from', code: 'no-sender', message }] }));
  }
  const resolved = resolveEndpoints(model, value);
  if (!resolved.ok) return resolved;
  const endpoints = resolved.value;
  const pods = endpoints.pods.flatMap((id) => model.pods[id] ?? []);
  const [pod] = pods;
  const [node] = endpoints.nodes;
  const asker = pod ? { pod } : node === undefined ? undefined : { node };
  return ok({ label: labelOf(endpoints, pods), endpoints, pods, asker, ip: value.type === 'ip' ? value.ip : undefined });
}

function labelOf({ selector, nodes }: ResolvedEndpoints, pods: readonly ModelPod[]): string {
  const [pod] = pods;
  if (pod && pods.length === 1) return `pod ${pod.namespace}/${pod.name}`;
  const [node] = nodes;
  if (!pod && node !== undefined && nodes.length === 1) return `node ${node}`;
  return selector === 'internet' ? 'the internet' : selector.replace(/^ip\//, '');
}
