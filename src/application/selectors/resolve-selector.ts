import { z } from 'zod';
import type { Answer } from '../../core/kernel/answer.js';
import { Trail } from '../../core/kernel/evidence.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { formatCidr } from '../../core/net/cidr.js';
import { rangeToCidrs } from '../../core/net/ip-set.js';
import { formatIp } from '../../core/net/ip.js';
import type { ModelPod, NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { defineQuestion } from '../questions/question.js';

const input = z.strictObject({
  selector: z.string().min(1).max(1024).describe('an endpoint selector, `deploy/shop/web` or `label:app=web@shop`'),
});

const result = z.object({
  selector: z.string().describe('in its canonical spelling'),
  pods: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      node: z.string().nullable(),
      ips: z.array(z.string()),
      workload: z.string().describe('`Deployment shop/web`'),
    }),
  ),
  nodes: z.array(z.string()),
  services: z.array(z.string()).describe('`namespace/name`'),
  port: z.string().nullable().describe('the port that `svc/…:port` carries'),
  cidrs: z.array(z.string()).describe('addresses that belong to no pod and no node'),
});

type SelectorResult = z.output<typeof result>;

const REASONS = {
  SELECTOR_NAMES_PODS: 'the selector names pods',
  SELECTOR_NAMES_NODES: 'the selector names nodes',
  SELECTOR_NAMES_SERVICES: 'the selector names services',
  SELECTOR_NAMES_ADDRESSES: 'the selector names addresses outside the pods and nodes',
} as const;

/** What an endpoint selector expands to. */
export const resolveSelectorQuestion = defineQuestion({
  name: 'resolve-selector',
  room: 'selectors',
  title: 'Which pods, nodes, services and addresses does a selector name',
  input,
  result,
  verdicts: { RESOLVED: 'it names at least one endpoint; one that names nothing is a problem' },
  reasons: REASONS,
  examples: [
    { title: 'The pods of a Deployment', cluster: 'harbor', input: { selector: 'deploy/shop/web' } },
    { title: 'Pods by label, in every namespace', cluster: 'harbor', input: { selector: 'label:app=postgres@*' } },
    { title: 'A service and its port', cluster: 'harbor', input: { selector: 'svc/shop/web:80' } },
  ],
  ask({ model }, given) {
    const selector = atParameter('selector', parseEndpointSelector(given.selector));
    if (!selector.ok) return selector;
    const resolved = atParameter('selector', resolveEndpoints(model, selector.value));
    if (!resolved.ok) return resolved;
    return ok({ question: { selector: resolved.value.selector }, answer: answerOf(model, resolved.value) });
  },
});

function answerOf(model: NetworkModel, resolved: ResolvedEndpoints): Answer<'RESOLVED', SelectorResult> {
  const { selector, nodes, services } = resolved;
  const pods = resolved.pods.flatMap((id) => model.pods[id] ?? []).map((pod) => podIn(model, pod));
  const cidrs = resolved.ranges.flatMap(rangeToCidrs).map(formatCidr);
  const found = [
    { reason: 'SELECTOR_NAMES_PODS', count: pods.length, noun: 'pod' },
    { reason: 'SELECTOR_NAMES_NODES', count: nodes.length, noun: 'node' },
    { reason: 'SELECTOR_NAMES_SERVICES', count: services.length, noun: 'service' },
    { reason: 'SELECTOR_NAMES_ADDRESSES', count: cidrs.length, noun: 'prefix' },
  ].filter(({ count }) => count > 0);
  const trail = new Trail();
  const counts = found.map(({ reason, count, noun }) => {
    const text = `${count} ${count === 1 ? noun : plural(noun)}`;
    trail.add({ stage: 'selector', outcome: 'selected', reason, message: `\`${selector}\` names ${text}` });
    return text;
  });
  return {
    verdict: 'RESOLVED',
    summary: `${selector} → ${counts.join(', ')}`,
    result: { selector, pods, nodes: [...nodes], services: [...services], port: resolved.port ?? null, cidrs },
    evidence: trail.list(),
    assumptions: [],
    warnings: [],
    confidence: 'CERTAIN',
    enforcement: null,
  };
}

function podIn(model: NetworkModel, pod: ModelPod): SelectorResult['pods'][number] {
  const workload = model.workloads[pod.workload];
  return {
    namespace: pod.namespace,
    name: pod.name,
    node: pod.nodeName?.value ?? null,
    ips: pod.ips.map(({ value }) => formatIp(value)),
    workload: workload ? `${workload.kind} ${workload.namespace}/${workload.name}` : `Pod ${pod.namespace}/${pod.name}`,
  };
}

function plural(noun: string): string {
  return noun.endsWith('x') ? `${noun}es` : `${noun}s`;
}
