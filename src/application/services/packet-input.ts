import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { parseProtocol, type Protocol } from '../../core/net/protocol.js';
import type { ServiceQuestion } from '../../core/services/service-question.js';

/** What a question about a packet to a service takes. */
export const PACKET_INPUT = {
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
  sourceIP: z.string().max(64).optional().describe('the source address as kube-proxy sees it, in place of that of `from`'),
};

type Given = z.output<z.ZodObject<typeof PACKET_INPUT>>;

/** The packet that the parameters mean; a problem names the parameter that is wrong. */
export function packetIn(model: NetworkModel, given: Given): Result<ServiceQuestion, Problem> {
  const to = atParameter('to', destinationIn(model, given.to));
  if (!to.ok) return to;
  const from = given.from === undefined ? ok(undefined) : atParameter('from', senderIn(model, given.from));
  if (!from.ok) return from;
  const source = given.sourceIP === undefined ? ok(from.value?.ip) : addressIn(given.sourceIP);
  if (!source.ok) return source;
  const port = portIn(to.value, given.port);
  if (!port.ok) return port;
  return ok({
    to: to.value.endpoints,
    from: from.value?.endpoints,
    port: port.value,
    protocol: given.protocol === undefined ? undefined : parseProtocol(given.protocol),
    node: given.node,
    sourceIP: source.value,
    destinationIP: to.value.ip,
  });
}

/** The packet as it was understood, for the answer. */
export function packetAsked({ to, from, port, node, sourceIP }: ServiceQuestion, protocol: Protocol) {
  return {
    to: to.selector,
    from: from?.selector ?? null,
    port: port ?? to.port ?? null,
    protocol,
    node: node ?? null,
    sourceIP: sourceIP ? formatIp(sourceIP) : null,
  };
}

/** A selector resolved, and the very address when it names one: an address of a node is that address, not the node's first. */
interface Named {
  readonly endpoints: ResolvedEndpoints;
  readonly ip: Ip | undefined;
  /** Written behind the address, `10.96.0.10:80`. */
  readonly port?: string | undefined;
}

/** `10.96.0.10:80` or `[fd00::1]:80`, with or without `ip/` before it. */
const ADDRESS_AND_PORT = /^(?:ip\/)?(?:(?<v4>\d+\.\d+\.\d+\.\d+)|\[(?<v6>[\da-f:.]+)\]):(?<port>[\w-]+)$/i;

/** The port of the question: behind the address or service, or apart; two that differ are refused. */
function portIn({ port: ofAddress, endpoints }: Named, given: string | undefined): Result<string | undefined, Problem> {
  const written = ofAddress ?? endpoints.port;
  if (written === undefined || given === undefined || written === given) return ok(ofAddress ?? given);
  const message = `\`to\` names port ${written}, and \`port\` is \`${given}\`: expected one of them`;
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
