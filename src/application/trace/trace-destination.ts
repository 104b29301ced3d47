import { checkDnsName } from '../../core/dns/dns-name.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';

/** What a request is sent to. */
export type TraceTarget =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'address'; readonly ip: Ip }
  | { readonly kind: 'service'; readonly service: ModelService }
  | { readonly kind: 'endpoints'; readonly endpoints: ResolvedEndpoints };

/** The destination of a request as it was understood. */
export interface TraceDestination {
  /** `api.prod:80`, `svc/prod/api:http`, `10.96.0.10:53`. */
  readonly text: string;
  readonly target: TraceTarget;
  /** Number or name; undefined: the one port that the service has. */
  readonly port: string | undefined;
}

/** Ports that a scheme means where a URL names none (RFC 3986 section 3.2.3; IANA, Service Name and Transport Protocol Port Number Registry). */
const PORTS: Readonly<Record<string, string>> = {
  http: '80',
  ws: '80',
  https: '443',
  wss: '443',
  grpc: '443',
  postgres: '5432',
  postgresql: '5432',
  mysql: '3306',
  redis: '6379',
  amqp: '5672',
  amqps: '5671',
  mongodb: '27017',
  nats: '4222',
  ldap: '389',
  ldaps: '636',
  ftp: '21',
  ssh: '22',
};

const URL_FORM = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?(?<host>\[[^\]]*\]|[^:/?#]*)(?::(?<port>\d*))?(?:[/?#]|$)/i;
const HOST_FORM = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>[^:]*))?$/;
const EXPECTED = 'expected a URL, `<host>:<port>`, or a selector: `svc/<namespace>/<name>[:port]`, `ip/<address>`, `pod/…`, `node/…`';

/** Reads `to`: a URL, a host with a port, or a selector. `asked` is the port beside it. */
export function destinationIn(model: NetworkModel, text: string, asked: string | undefined): Result<TraceDestination, Problem> {
  const written = text.trim().replace(/^(url|dns)\//i, '');
  const url = URL_FORM.exec(written)?.groups;
  if (url) return hostAndPort(written, url['host'] ?? '', url['port'] || asked || PORTS[(url['scheme'] ?? '').toLowerCase()], asked);
  if (written.includes('/') || written === 'internet' || written === 'any' || written.startsWith('label:')) {
    return selected(model, written, asked);
  }
  if (parseIp(written)) return hostAndPort(written, written, asked, asked);
  const { host = '', port } = HOST_FORM.exec(written)?.groups ?? {};
  return hostAndPort(written, host, port === '' ? undefined : (port ?? asked), asked);
}

function refuse(pointer: string, code: string, message: string, hint?: string): Result<never, Problem> {
  const more = hint === undefined ? {} : { hint };
  return err(problem('invalid-request', message, { errors: [{ pointer, code, message, ...more }], ...more }));
}

function hostAndPort(
  written: string,
  host: string,
  port: string | undefined,
  asked: string | undefined,
): Result<TraceDestination, Problem> {
  const both = agreed(port, asked);
  if (!both.ok) return both;
  if (port !== undefined && !isPort(port))
    return refuse('/to', 'invalid-port', `\`${port}\` is no port: expected a number from 1 to 65535, or the name of a port`);
  const ip = parseIp(host.replace(/^\[|\]$/g, ''));
  const shown = ip ? (ip.family === 6 ? `[${formatIp(ip)}]` : formatIp(ip)) : host;
  const text = port === undefined ? shown : `${shown}:${port}`;
  if (ip) return ok({ text, target: { kind: 'address', ip }, port });
  const name = checkDnsName(host);
  if (name.ok) return ok({ text, target: { kind: 'name', name: host }, port });
  return refuse(
    '/to',
    'no-destination',
    `\`${written.slice(0, 120)}\` is no destination: ${EXPECTED}`,
    name.error.hint ?? name.error.message,
  );
}

function agreed(port: string | undefined, asked: string | undefined): Result<undefined, Problem> {
  if (port === undefined || asked === undefined || port === asked) return ok(undefined);
  return refuse('/port', 'two-ports', `\`to\` names port ${port} and \`port\` is ${asked}: leave one of them out`);
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) ? Number(text) >= 1 && Number(text) <= 65_535 : /^[a-z0-9](?:-?[a-z0-9])*$/.test(text) && text.length <= 63;
}

function selected(model: NetworkModel, written: string, asked: string | undefined): Result<TraceDestination, Problem> {
  const selector = parseEndpointSelector(written);
  if (!selector.ok) return selector;
  const { value } = selector;
  if (value.type === 'ip') return hostAndPort(written, formatIp(value.ip), asked, asked);
  const endpoints = resolveEndpoints(model, value);
  if (!endpoints.ok) return endpoints;
  const { selector: text, port = asked } = endpoints.value;
  const both = agreed(port, asked);
  if (!both.ok) return both;
  const shown = endpoints.value.port === undefined && port !== undefined ? `${text}:${port}` : text;
  const service = value.type === 'service' ? model.services.get(`${value.namespace}/${value.name}`) : undefined;
  if (service) return ok({ text: shown, target: { kind: 'service', service }, port });
  if (value.type === 'pod' || value.type === 'workload' || value.type === 'node')
    return ok({ text: shown, target: { kind: 'endpoints', endpoints: endpoints.value }, port });
  return refuse('/to', 'no-destination', `\`${written}\` is no single destination: ${EXPECTED}`);
}
