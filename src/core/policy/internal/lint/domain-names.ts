import type { Json } from '../../../kernel/json.js';
import { CILIUM_NAMESPACE_LABEL } from '../../../resources/cilium-policy.js';
import type { LintFix } from '../../lint-result.js';
import { CiliumLayerRule } from '../cilium-rule.js';
import { type DnsTarget, dnsTargetOf } from './dns-target.js';
import type { LintDrafts } from './draft.js';
import type { Effects } from './effects.js';
import { countOf, type LintContext, nameSome } from './lint-context.js';
import type { Inhabitants } from './population.js';

/**
 * "In order to associate domain names with IP addresses, Cilium intercepts DNS responses per-Endpoint using a DNS Proxy. This requires … an L7 policy allowing
 * DNS requests" (layer3.rst): rules that name domain names, for pods whose queries nobody lets through it.
 */
export function* namesNotLearnt(context: LintContext, { groups }: Effects): LintDrafts {
  const found = new Map<string, { readonly rule: CiliumLayerRule; readonly pods: Inhabitants[] }>();
  for (const { direction, layers, subjects } of groups) {
    yield;
    if (direction === 'ingress') continue;
    const rules = layers.flatMap((layer) => layer.rules).filter((rule) => rule instanceof CiliumLayerRule);
    if (rules.some(({ readsDns }) => readsDns)) continue;
    for (const rule of rules.filter(({ namesDomains, policy }) => namesDomains && context.isWanted(policy))) {
      const key = `${rule.policy.ref.namespace ?? ''}/${rule.policy.ref.name} ${rule.pointer}`;
      const known = found.get(key) ?? { rule, pods: [] };
      found.set(key, known);
      known.pods.push(...subjects.map((one) => context.population.of(one)));
    }
  }
  for (const { rule, pods } of found.values()) {
    const count = pods.reduce((sum, one) => sum + one.pods, 0);
    const whose = `${countOf(count, 'pod')} of ${nameSome(pods.map(({ workload }) => workload))}`;
    yield {
      code: 'POL-NAMES-NOT-LEARNT',
      object: rule.policy.ref,
      pointer: rule.pointer,
      direction: 'egress',
      message: `no rule lets Cilium's proxy read the DNS queries of ${whose}: the addresses of the names are never learnt, and the rule matches nothing`,
      fix: readQueries(rule.pointer, dnsTargetOf(context)),
    };
  }
}

/** One more rule beside it: queries to the DNS of the cluster, which the proxy reads. */
function readQueries(pointer: string, { namespace, labels, ports }: DnsTarget): LintFix {
  const toPorts: Json = [{ ports: [{ port: String(ports.UDP), protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }];
  const value = { toEndpoints: [{ matchLabels: { [`k8s:${CILIUM_NAMESPACE_LABEL}`]: namespace, ...labels } }], toPorts };
  return {
    message: 'let the queries to the DNS of the cluster pass through the proxy',
    patch: [{ op: 'add', path: pointer.replace(/\d+$/, '-'), value }],
  };
}
