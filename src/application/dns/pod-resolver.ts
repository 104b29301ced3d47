import { z } from 'zod';
import { DNS_REASONS } from '../../core/dns/dns-reasons.js';
import { explainResolver, type ResolverResult } from '../../core/dns/explain-resolver.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { askerIn } from './asker-in.js';
import { resolverLineSchema } from './name-result-schema.js';

const input = z.strictObject({
  from: z.string().max(512).describe('whose resolver, `pod/shop/web-0`, `deploy/shop/web` or `node/harbor-1`'),
});

const result: z.ZodType<ResolverResult> = z.object({
  asker: z.string().describe('the pod or node'),
  nameservers: z.array(z.string()),
  searches: z.array(z.string()),
  options: z.array(z.string()),
  lines: z.array(resolverLineSchema).describe('each value of the file with the reason why it is there'),
  text: z.string().describe('the file'),
  asksCluster: z.boolean().describe('whether the first nameserver is the DNS server of the cluster'),
  hostname: z.string().nullable().describe('`hostname` inside the container; null for a node'),
  fqdn: z.string().nullable().describe('`hostname -f`'),
  dnsName: z.string().nullable().describe('the pod’s own name in DNS, absolute; null: it has none'),
});

/** What a container reads in `/etc/resolv.conf`, and why. */
export const podResolverQuestion = defineQuestion({
  name: 'pod-resolver',
  room: 'dns',
  title: 'What stands in the resolv.conf of a pod or node and why, and what is the pod called',
  input,
  result,
  verdicts: {
    CLUSTER: 'it has the DNS settings of the cluster',
    HOST: 'it has the settings of its node',
    NONE: 'it has only what `dnsConfig` says',
  },
  reasons: DNS_REASONS,
  examples: [
    { title: 'The resolver of a deployment', cluster: 'harbor', input: { from: 'deploy/shop/web' } },
    { title: 'A pod of a StatefulSet, which has a name of its own', cluster: 'harbor', input: { from: 'sts/data/postgres' } },
    { title: 'The resolver of a node', cluster: 'harbor', input: { from: 'node/harbor-2' } },
  ],
  ask({ model }, given) {
    const from = atParameter('from', askerIn(model, given.from));
    if (!from.ok) return from;
    return ok({ question: { from: from.value.selector }, answer: explainResolver(model, from.value.asker) });
  },
});
