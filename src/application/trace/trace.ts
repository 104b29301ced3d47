import { z } from 'zod';
import { DNS_REASONS } from '../../core/dns/dns-reasons.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { SERVICE_REASONS } from '../../core/services/service-reasons.js';
import { portInput, protocolInput, protocolOf } from '../policy/policy-endpoints.js';
import { defineLongQuestion } from '../questions/question.js';
import { inProxyMode, PROXY_MODES } from '../services/proxy-mode.js';
import { LEAVING_REASONS } from './leaving-stage.js';
import { destinationIn } from './trace-destination.js';
import { traceRequest } from './trace-request.js';
import { traceResultSchema } from './trace-result-schema.js';
import { senderIn } from './trace-sender.js';
import { TRACE_REASONS, TRACE_VERDICTS } from './trace-verdicts.js';

const input = z.strictObject({
  from: z
    .string()
    .min(1)
    .max(512)
    .describe('who sends: `pod/shop/web-0`, `deploy/shop/web`, `node/harbor-1`, `ip/203.0.113.9` or `internet`'),
  to: z
    .string()
    .min(1)
    .max(2048)
    .describe(
      'what it wants: a URL (`http://api.prod:80`), `api.prod:80`, `10.96.0.10:53`, `svc/shop/api:http`, `pod/…` or `node/…` with `port`',
    ),
  port: portInput.describe('number or name; left out: that of `to`, of its scheme, or the only one of the service'),
  protocol: protocolInput.describe('left out: that of the service port, or TCP'),
  libc: z.enum(['glibc', 'musl']).default('glibc').describe('the C library of the sender’s image: musl is Alpine’s'),
  node: z.string().max(253).optional().describe('look at the packet on this node; left out: the sender’s, or every node it may enter by'),
  proxyMode: z.enum(PROXY_MODES).optional().describe('as if the service proxy ran in this mode; left out: that of the cluster'),
});

/** Why a pod can, or cannot, reach a service: the whole way in one answer. */
export const traceQuestion = defineLongQuestion({
  name: 'trace',
  room: 'trace',
  title: 'Why can somebody reach a URL, service or address, or why not: names, service, endpoints, packet, policies, and what mends it',
  input,
  result: traceResultSchema,
  verdicts: TRACE_VERDICTS,
  reasons: { ...DNS_REASONS, ...LEAVING_REASONS, ...POLICY_REASONS, ...SERVICE_REASONS, ...TRACE_REASONS },
  examples: [
    { title: 'A URL from a pod', cluster: 'harbor', input: { from: 'deploy/shop/web', to: 'http://api.shop:80/items' } },
    {
      title: 'A service whose selector is one letter off',
      cluster: 'harbor',
      input: { from: 'deploy/shop/web', to: 'svc/shop/recommendations' },
    },
    { title: 'A database that policies protect', cluster: 'harbor', input: { from: 'deploy/shop/web', to: 'postgres.data:5432' } },
    { title: 'Default-deny that cuts DNS', cluster: 'harbor', input: { from: 'deploy/ops/toolbox', to: 'http://api.shop' } },
    {
      title: 'The load balancer from the internet',
      cluster: 'harbor',
      input: { from: 'internet', to: 'svc/ingress-nginx/ingress-nginx-controller:http' },
    },
    {
      title: 'A request that a proxy refuses for its path',
      cluster: 'fjord',
      input: { from: 'deploy/tides/buoy', to: 'http://forecast-next/admin' },
    },
    {
      title: 'A name of the internet',
      cluster: 'harbor',
      input: { from: 'deploy/shop/web', to: 'https://www.example.com/', libc: 'musl' },
    },
  ],
  *steps({ model, revision }, given) {
    const sender = atParameter('from', senderIn(model, given.from));
    if (!sender.ok) return sender;
    const destination = atParameter('to', destinationIn(model, given.to, given.port));
    if (!destination.ok) return destination;
    const { libc, node, proxyMode } = given;
    const protocol = protocolOf(given.protocol);
    const proxied = inProxyMode(model, proxyMode);
    const server = { model, serial: revision, upstream: undefined };
    const answer = yield* traceRequest(server, { sender: sender.value, destination: destination.value, libc, node, protocol, proxied });
    if (!answer.ok) return answer;
    const question = {
      from: sender.value.endpoints.selector,
      to: destination.value.text,
      port: destination.value.port ?? null,
      protocol: protocol ?? null,
      libc,
      node: node ?? null,
      proxyMode: proxied.profile.proxy.mode,
    };
    return ok({ question, answer: answer.value });
  },
});
