import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { parseProtocol } from '../../core/net/protocol.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { resolveService } from '../../core/services/resolve-service.js';
import { SERVICE_REASONS } from '../../core/services/service-reasons.js';
import { defineQuestion } from '../questions/question.js';
import { inProxyMode, PROXY_MODES } from './proxy-mode.js';
import { serviceResultSchema } from './service-result-schema.js';

const input = z.strictObject({
  to: z
    .string()
    .max(512)
    .describe(
      'where the packet goes: `svc/shop/web`, `svc/shop/web:http`, `ip/10.96.0.10`, `10.96.0.10:80` or `node/harbor-2` with `port`',
    ),
  from: z.string().max(512).optional().describe('who sends: `pod/…`, `deploy/…`, `node/…`, `ip/…` or `internet`; left out: some pod'),
  port: z
    .union([z.string().min(1).max(63), z.number().int()])
    .transform(String)
    .optional()
    .describe('number or name of the port; may be left out when the service has only one'),
  protocol: z
    .preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(['TCP', 'UDP', 'SCTP']))
    .optional()
    .describe('left out: that of the port, or TCP'),
  node: z.string().max(253).optional().describe('look at the packet on this node; left out: the sender’s, or every node it may enter by'),
  proxyMode: z.enum(PROXY_MODES).optional().describe('as if the service proxy ran in this mode; left out: that of the cluster'),
  sourceIP: z.string().max(64).optional().describe('the source address as kube-proxy sees it, in place of that of `from`'),
});

const VERDICTS = {
  DNAT: 'the packet is sent to one of the endpoints',
  REJECT: 'the connection is refused at once',
  DROP: 'the packet is dropped: a timeout',
  ACCEPT: 'a port that kube-proxy opens on the host itself',
  NONE: 'no service has it: kube-proxy leaves the packet alone, or the service cannot be reached from there',
  DIRECT: 'headless: the client picks one of the endpoints itself',
  ALIAS: 'ExternalName: the service stands for another name',
  UNKNOWN: 'the service has endpoints that the input does not show: the API servers write those of default/kubernetes themselves',
} as const;

/** Where a packet to a service goes. */
export const resolveServiceQuestion = defineQuestion({
  name: 'resolve-service',
  room: 'services',
  title: 'Which endpoints does a packet to a service, node port or address reach, and which address do they see',
  input,
  result: serviceResultSchema,
  verdicts: VERDICTS,
  reasons: SERVICE_REASONS,
  examples: [
    { title: 'A service from a pod', cluster: 'harbor', input: { to: 'svc/shop/api', from: 'deploy/shop/web' } },
    {
      title: 'The load balancer from the internet',
      cluster: 'harbor',
      input: { to: 'svc/ingress-nginx/ingress-nginx-controller:http', from: 'internet' },
    },
    {
      title: 'A node port, from an address outside',
      cluster: 'harbor',
      input: { to: 'node/harbor-2', port: 30080, from: 'ip/198.51.100.7' },
    },
    { title: 'A headless service', cluster: 'harbor', input: { to: 'svc/data/postgres', from: 'deploy/shop/api' } },
    { title: 'A service that no pod stands behind', cluster: 'harbor', input: { to: 'svc/shop/recommendations', from: 'deploy/shop/web' } },
    {
      title: 'Any address and port',
      cluster: 'harbor',
      input: { to: 'ip/10.96.0.10', port: 53, protocol: 'UDP', from: 'deploy/shop/web' },
    },
  ],
  ask({ model }, given) {
    const to = atParameter('to', destinationIn(model, given.to));
    if (!to.ok) return to;
    const from = given.from === undefined ? ok(undefined) : atParameter('from', senderIn(model, given.from));
    if (!from.ok) return from;
    const source = given.sourceIP === undefined ? ok(from.value?.ip) : addressIn(given.sourceIP);
    if (!source.ok) return source;
    const { node } = given;
    const port = portIn(to.value, given.port);
    if (!port.ok) return port;
    const proxied = inProxyMode(model, given.proxyMode);
    const protocol = given.protocol === undefined ? undefined : parseProtocol(given.protocol);
    const answer = resolveService(proxied, {
      to: to.value.endpoints,
      from: from.value?.endpoints,
      port: port.value,
      protocol,
      node,
      sourceIP: source.value,
      destinationIP: to.value.ip,
    });
    if (!answer.ok) return answer;
    const question = {
      to: to.value.endpoints.selector,
      from: from.value?.endpoints.selector ?? null,
      port: port.value ?? to.value.endpoints.port ?? null,
      protocol: answer.value.result.destination.protocol,
      node: node ?? null,
      proxyMode: proxied.profile.proxy.mode,
      sourceIP: source.value ? formatIp(source.value) : null,
    };
    return ok({ question, answer: answer.value });
  },
});

/** A selector resolved, and the very address when it names one: an address of a node is that address, not the node's first. */
interface Named {
  readonly endpoints: ResolvedEndpoints;
  readonly ip: Ip | undefined;
  /** Written behind the address, `10.96.0.10:80`. */
  readonly port?: string | undefined;
}

/** `10.96.0.10:80` or `[fd00::1]:80`, with or without `ip/` before it. */
const ADDRESS_AND_PORT = /^(?:ip\/)?(?:(?<v4>\d+\.\d+\.\d+\.\d+)|\[(?<v6>[\da-f:.]+)\]):(?<port>[\w-]+)$/i;

/** The port of the question: behind the address, or apart; two that differ are refused. */
function portIn({ port: written }: Named, given: string | undefined): Result<string | undefined, Problem> {
  if (written === undefined || given === undefined || written === given) return ok(written ?? given);
  const message = `the address names port ${written}, and \`port\` is \`${given}\`: expected one of them`;
  return err(problem('invalid-request', message, { errors: [{ pointer: '/port', code: 'two-ports', message }] }));
}

/** An `ip/…` destination needs no owner: packets may be sent to any address. */
function destinationIn(model: NetworkModel, text: string): Result<Named, Problem> {
  const { v4, v6, port } = ADDRESS_AND_PORT.exec(text)?.groups ?? {};
  const selector = parseEndpointSelector(port === undefined ? text : `ip/${v4 ?? v6}`);
  if (!selector.ok) return selector;
  if (selector.value.type !== 'ip') return senderIn(model, text);
  const { ip } = selector.value;
  const range = { family: ip.family, first: ip.value, last: ip.value };
  return ok({
    ip,
    port,
    endpoints: { selector: `ip/${formatIp(ip)}`, pods: [], nodes: [], ranges: [range], services: [], port: undefined },
  });
}

function senderIn(model: NetworkModel, text: string): Result<Named, Problem> {
  const selector = parseEndpointSelector(text);
  if (!selector.ok) return selector;
  const resolved = resolveEndpoints(model, selector.value);
  if (!resolved.ok) return resolved;
  return ok({ endpoints: resolved.value, ip: selector.value.type === 'ip' ? selector.value.ip : undefined });
}

function addressIn(text: string): Result<Ip, Problem> {
  const ip = parseIp(text);
  if (ip) return ok(ip);
  const message = `\`${text}\` is no IP address`;
  return err(problem('invalid-request', message, { errors: [{ pointer: '/sourceIP', code: 'invalid-address', message }] }));
}
