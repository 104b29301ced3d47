import { checkDnsName } from '../../core/dns/dns-name.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { type DestinationText, invalidPort, isPort, isUrl, readDestination, refuse, twoPorts } from './destination-text.js';
import { loopbackOf } from './loopback-address.js';

/** What a request is sent to. */
export type TraceTarget =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'address'; readonly ip: Ip }
  /** The sender itself. */
  | { readonly kind: 'loopback'; readonly ip: Ip }
  | { readonly kind: 'service'; readonly service: ModelService }
  | { readonly kind: 'endpoints'; readonly endpoints: ResolvedEndpoints };

/** The destination of a request as it was understood. */
export interface TraceDestination {
  /** `api.prod:80`, `svc/prod/api:http`, `10.96.0.10:53`. */
  readonly text: string;
  readonly target: TraceTarget;
  /** Number or name; undefined: the one port that the service has. */
  readonly port: string | undefined;
  /** What an HTTP request asks for; undefined: not known. */
  readonly path: string | undefined;
}

const EXPECTED = 'expected a URL, `<host>:<port>`, or a selector: `svc/<namespace>/<name>[:port]`, `ip/<address>`, `pod/…`, `node/…`';

/** Reads `to`: a URL, a host with a port, or a selector. `asked` is the port beside it. */
export function destinationIn(model: NetworkModel, text: string, asked: string | undefined): Result<TraceDestination, Problem> {
  const written = text.trim().replace(/^(?:url\/|dns\/|ip\/(?=[\d.]+:|\[))/i, '');
  const selector = written.includes('/') || written === 'internet' || written === 'any' || written.startsWith('label:');
  if (selector && !isUrl(written)) return selected(model, written, asked);
  const bare = parseIp(written);
  const read = readDestination(bare?.family === 6 ? `[${written}]` : written, asked);
  return read.ok ? hostAndPort(written, read.value) : read;
}

function hostAndPort(written: string, { host, port, path }: DestinationText): Result<TraceDestination, Problem> {
  const ip = parseIp(host.replace(/^\[|\]$/g, ''));
  const shown = ip ? (ip.family === 6 ? `[${formatIp(ip)}]` : formatIp(ip)) : host;
  const text = port === undefined ? shown : `${shown}:${port}`;
  const own = loopbackOf(ip ?? host);
  if (own) return ok({ text, target: { kind: 'loopback', ip: own }, port, path });
  if (ip) return ok({ text, target: { kind: 'address', ip }, port, path });
  if (host.startsWith('[')) return noAddress(host, 'an IPv6 address such as `2001:db8::1` between the brackets');
  // "ends in a number" (WHATWG URL, host parsing): resolvers take such a host for an address and look nothing up.
  if (/(?:^|\.)\d+\.?$/.test(host)) return noAddress(host, 'four numbers from 0 to 255 with dots between them');
  const name = checkDnsName(host);
  if (name.ok) return ok({ text, target: { kind: 'name', name: host }, port, path });
  const hint = name.error.hint ?? name.error.message;
  return refuse('/to', 'no-destination', `\`${written.slice(0, 120)}\` is no destination: ${EXPECTED}`, hint);
}

function noAddress(host: string, expected: string): Result<never, Problem> {
  return refuse('/to', 'invalid-address', `\`${host.slice(0, 120)}\` has the form of an address and is none: expected ${expected}`);
}

function selected(model: NetworkModel, written: string, asked: string | undefined): Result<TraceDestination, Problem> {
  if (asked !== undefined && !isPort(asked)) return invalidPort('/port', asked);
  const selector = parseEndpointSelector(written);
  if (!selector.ok) return selector;
  const { value } = selector;
  if (value.type === 'ip') return hostAndPort(written, { host: formatIp(value.ip), port: asked, path: undefined });
  const endpoints = resolveEndpoints(model, value);
  if (!endpoints.ok) return endpoints;
  const { selector: text, port = asked } = endpoints.value;
  if (asked !== undefined && port !== undefined && port !== asked) return twoPorts(port, asked);
  const shown = endpoints.value.port === undefined && port !== undefined ? `${text}:${port}` : text;
  const service = value.type === 'service' ? model.services.get(`${value.namespace}/${value.name}`) : undefined;
  if (service) return ok({ text: shown, target: { kind: 'service', service }, port, path: undefined });
  if (value.type === 'pod' || value.type === 'workload' || value.type === 'node')
    return ok({ text: shown, target: { kind: 'endpoints', endpoints: endpoints.value }, port, path: undefined });
  return refuse('/to', 'no-destination', `\`${written}\` is no single destination: ${EXPECTED}`);
}
