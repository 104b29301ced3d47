import { z } from 'zod';
import { hopPath } from '../../core/dataplane/hop-path.js';
import { PATH_REASONS, PATH_VERDICTS } from '../../core/dataplane/path-result.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { parseProtocol } from '../../core/net/protocol.js';
import { defineQuestion } from '../questions/question.js';
import { familySchema } from './mtu-input.js';
import { pathEndIn } from './path-ends.js';
import { pathResultSchema } from './path-result-schema.js';

/** An IANA service name, as Kubernetes takes it for the name of a port. */
const PORT_NAME = /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/;

const input = z.strictObject({
  from: z
    .string()
    .max(512)
    .describe('who sends: `pod/shop/web-0`, `deploy/shop/web`, `node/harbor-1`, `ip/198.51.100.7` or `internet`; of several the first'),
  to: z
    .string()
    .max(512)
    .describe('who is to receive: the same, or a service: `svc/shop/api`, `svc/shop/api:http`, `ip/10.96.0.10` with `port`'),
  port: z
    .union([z.string().min(1).max(63), z.number().int()])
    .transform(String)
    .refine(isPort, 'a number from 1 to 65535, or the name of a port')
    .optional()
    .describe('number or name of the port; needed for addresses of services and for node ports'),
  protocol: z
    .preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(['TCP', 'UDP', 'SCTP']))
    .optional()
    .describe('left out: that of the service, or TCP'),
  family: familySchema.optional().describe('4 or 6; left out: the first that both have'),
  endpoint: z.string().max(64).optional().describe('look at the way to this endpoint of the service, `ip:port`; left out: the first'),
});

function isPort(text: string): boolean {
  return /^\d+$/.test(text) ? Number(text) >= 1 && Number(text) <= 65_535 : PORT_NAME.test(text);
}

/** The way of a packet, hop by hop. */
export const pathQuestion = defineQuestion({
  name: 'path',
  room: 'dataplane',
  title:
    'Which way does a packet go, hop by hop: how is it wrapped, how large may it be, with which source does it arrive, and how does the reply get back',
  input,
  result: pathResultSchema,
  verdicts: PATH_VERDICTS,
  reasons: PATH_REASONS,
  examples: [
    { title: 'Between two nodes of different subnets', cluster: 'harbor', input: { from: 'node/harbor-2', to: 'node/harbor-3' } },
    { title: 'From pod to pod, across subnets', cluster: 'harbor', input: { from: 'deploy/shop/web', to: 'deploy/shop/api' } },
    { title: 'To a service', cluster: 'atoll', input: { from: 'node/atoll-1', to: 'svc/reef/coral' } },
    { title: 'Which source an outside firewall sees', cluster: 'harbor', input: { from: 'deploy/shop/web', to: 'ip/203.0.113.9' } },
    { title: 'Over IPv6', cluster: 'fjord', input: { from: 'node/fjord-1', to: 'node/fjord-2', family: 6 } },
  ],
  ask({ model }, given) {
    const from = atParameter('from', pathEndIn(model, given.from));
    if (!from.ok) return from;
    const to = atParameter('to', pathEndIn(model, given.to));
    if (!to.ok) return to;
    const { port, family, endpoint } = given;
    const protocol = given.protocol === undefined ? undefined : parseProtocol(given.protocol);
    const answer = hopPath(model, {
      from: from.value.endpoints,
      to: to.value.endpoints,
      fromIP: from.value.ip,
      toIP: to.value.ip,
      port,
      protocol,
      family,
      endpoint,
    });
    if (!answer.ok) return answer;
    const { result } = answer.value;
    const question = {
      from: from.value.endpoints.selector,
      to: to.value.endpoints.selector,
      port: port ?? to.value.endpoints.port ?? null,
      protocol: result.protocol,
      family: result.family,
      endpoint: endpoint ?? null,
    };
    return ok({ question, answer: answer.value });
  },
});
