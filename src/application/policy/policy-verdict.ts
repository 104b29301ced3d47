import { z } from 'zod';
import { atParameter } from '../../core/kernel/problem-place.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { PolicyQuestion } from '../../core/policy/policy-question.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { POLICY_VERDICTS } from '../../core/policy/policy-result.js';
import { PolicyRuleCount } from '../../core/policy/rule-coverage.js';
import { policyVerdict } from '../../core/policy/policy-verdict.js';
import { defineLongQuestion } from '../questions/question.js';
import { askedProtocol, askedProtocolInput, protocolAsked } from './asked-protocol-input.js';
import { endpointsIn, portInput } from './policy-endpoints.js';
import { policyResultSchema } from './policy-result-schema.js';

const input = z.strictObject({
  from: z.string().min(1).max(1024).describe('who sends: `deploy/shop/web`, `pod/…`, `ns/…`, `ip/…`, `internet`, `any`'),
  to: z
    .string()
    .min(1)
    .max(1024)
    .describe('who receives: as `from`; a service (`svc/shop/api:80`) stands for its ready endpoints and their target port'),
  ...askedProtocolInput,
  protocol: askedProtocolInput.protocol.describe(
    'left out: that of the service port; TCP where a port is given; otherwise TCP, UDP and SCTP. ICMP and ICMPv6 have no ports: `icmpType`, `icmpCode`',
  ),
  port: portInput.describe('number or name; of the service where `to` is one, otherwise of the pods that receive. Left out: every port'),
});

/** Whether policies let one side reach the other. */
export const policyVerdictQuestion = defineLongQuestion({
  name: 'policy-verdict',
  room: 'policy',
  title: 'Do network policies let one side reach the other, which rules decide, and what is the nearest change that would allow it',
  input,
  result: policyResultSchema,
  verdicts: POLICY_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    {
      title: 'A database that only the api may reach',
      cluster: 'harbor',
      input: { from: 'deploy/shop/web', to: 'sts/data/postgres', protocol: 'TCP', port: 5432 },
    },
    { title: 'Allowed on both sides, through a service', cluster: 'harbor', input: { from: 'deploy/shop/web', to: 'svc/shop/api:http' } },
    {
      title: 'Default-deny that cuts DNS',
      cluster: 'harbor',
      input: { from: 'deploy/ops/toolbox', to: 'svc/kube-system/kube-dns', protocol: 'UDP', port: 53 },
    },
    { title: 'A ping', cluster: 'harbor', input: { from: 'deploy/ops/toolbox', to: 'deploy/shop/web', protocol: 'ICMP', icmpType: 8 } },
    { title: 'Every port between two workloads', cluster: 'harbor', input: { from: 'deploy/shop/api', to: 'deploy/shop/cart' } },
    {
      title: 'A port by name, from outside',
      cluster: 'harbor',
      input: { from: 'internet', to: 'deploy/shop/web', port: 'http' },
    },
    {
      title: 'Stored and not enforced',
      cluster: 'atoll',
      input: { from: 'any', to: 'deploy/reef/coral', protocol: 'TCP', port: 8080 },
    },
  ],
  countRules(model) {
    const count = new PolicyRuleCount(model);
    return {
      *add(given, { result, warnings }, counts, isSupposed) {
        // What is supposed is not in this model: the answer that was told is all there is of it.
        const isCut = !isSupposed && warnings.some(({ code }) => code === 'LIST_NOT_TOLD');
        const whole = isCut ? yield* wholeAnswer(model, given) : undefined;
        yield* count.add(whole?.ok ? whole.value.result : result, counts);
      },
      coverage: () => count.coverage(),
    };
  },
  *steps({ model, explains }, given) {
    const asked = questionIn(model, given);
    if (!asked.ok) return asked;
    const { from, to, protocol, port } = asked.value;
    const answer = yield* policyVerdict(model, asked.value, explains);
    if (!answer.ok) return answer;
    const question = {
      from: from.selector,
      to: to.selector,
      ...protocolAsked(protocol),
      port: to.port ?? port ?? null,
    };
    return ok({ question, answer: answer.value });
  },
});

/** What is asked, endpoints found. Fails with the problems of selectors and protocol. */
function questionIn(model: NetworkModel, given: z.output<typeof input>): Result<PolicyQuestion, Problem> {
  const from = atParameter('from', endpointsIn(model, given.from));
  if (!from.ok) return from;
  const to = atParameter('to', endpointsIn(model, given.to));
  if (!to.ok) return to;
  const protocol = askedProtocol(given);
  if (!protocol.ok) return protocol;
  return ok({ from: from.value, to: to.value, protocol: protocol.value, port: given.port });
}

/** The same answer once more, its lists whole. */
function* wholeAnswer(model: NetworkModel, given: z.output<typeof input>): ReturnType<typeof policyVerdict> {
  const asked = questionIn(model, given);
  return asked.ok ? yield* policyVerdict(model, { ...asked.value, mostListed: Number.POSITIVE_INFINITY }) : asked;
}
