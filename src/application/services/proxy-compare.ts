import { z } from 'zod';
import { ok } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { compareProxies, type ProxyCase } from '../../core/services/compare-proxies.js';
import { PROXY_COMPARISON_REASONS, PROXY_COMPARISON_VERDICTS, type ProxyComparison } from '../../core/services/proxy-comparison.js';
import { defineLongQuestion } from '../questions/question.js';
import { PACKET_INPUT, packetAsked, packetIn } from './packet-input.js';
import { proxyOf, SERVICE_PROXIES, underProxy } from './proxy-mode.js';
import { serviceSchema, verdictSchema } from './service-result-schema.js';

const result: z.ZodType<ProxyComparison> = z.object({
  service: serviceSchema.nullable(),
  proxies: z
    .array(
      z.object({
        proxy: z
          .string()
          .describe('`iptables`, `nftables`, `ipvs`, `cilium`, `calico`; `ebpf`: a replacement of kube-proxy that is not known'),
        verdict: verdictSchema,
        message: z.string().describe('why'),
        endpoints: z.array(z.string()).describe('`ip:port`'),
        source: z
          .enum(['sender', 'node', 'both'])
          .nullable()
          .describe('whose address endpoints see; `both`: it depends on endpoint or node; null: nothing is translated'),
        sourceSeen: z.string().nullable().describe('the one address that endpoints see; null when it is no single one'),
        differences: z
          .array(z.object({ aspect: z.enum(['verdict', 'endpoints', 'source']), message: z.string() }))
          .describe('from the cluster’s own, which has none'),
      }),
    )
    .describe('the cluster’s own first'),
});

/** The same packet under every service proxy whose rules are known. */
export const proxyCompareQuestion = defineLongQuestion({
  name: 'proxy-compare',
  room: 'services',
  title: 'How would the same packet fare under another service proxy: kube-proxy’s modes, Cilium, Calico’s eBPF dataplane',
  input: z.strictObject(PACKET_INPUT),
  result,
  verdicts: PROXY_COMPARISON_VERDICTS,
  reasons: PROXY_COMPARISON_REASONS,
  examples: [
    {
      title: 'The address that is seen behind a load balancer',
      cluster: 'harbor',
      input: { to: 'svc/ingress-nginx/ingress-nginx-controller:http', from: 'internet' },
    },
    { title: 'A service from a pod', cluster: 'harbor', input: { to: 'svc/shop/api', from: 'deploy/shop/web' } },
    { title: 'A port that a cluster IP does not have', cluster: 'harbor', input: { to: '10.96.0.10:80', from: 'deploy/shop/web' } },
    { title: 'A node port at localhost', cluster: 'atoll', input: { to: '127.0.0.1:31080', from: 'node/atoll-1' } },
  ],
  *steps({ model }, given) {
    const packet = packetIn(model, given);
    if (!packet.ok) return packet;
    const answer = yield* compareProxies(casesOf(model), packet.value);
    if (!answer.ok) return answer;
    const protocol = answer.value.result.service?.port?.protocol ?? packet.value.protocol ?? 'TCP';
    return ok({ question: packetAsked(packet.value, protocol), answer: answer.value });
  },
});

function casesOf(model: NetworkModel): readonly [ProxyCase, ...ProxyCase[]] {
  const own = proxyOf(model);
  const others = SERVICE_PROXIES.filter((proxy) => proxy !== own).map((proxy) => ({ proxy, model: underProxy(model, proxy) }));
  return [{ proxy: own ?? model.profile.proxy.mode, model }, ...others];
}
