import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import { IP_PROTOCOLS } from '../../net/ip-protocol.js';
import type { Protocol } from '../../net/protocol.js';
import { type AskedProtocol, formatAskedProtocol, isIcmp, type PortlessProtocol } from '../asked-protocol.js';
import { type ConnectionSet, connectionsOf, connectionsOfProtocol, EVERY_PORT, icmpConnections } from './connection-set.js';
import { namedPort, type PolicyEndpoint } from './policy-endpoint.js';

/** A port as asked for: a number, a name, or every one. */
export type AskedPort = number | string | undefined;

/** Where a named port is looked for when the protocol is not given. */
const NAME_PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** Reads `8080` or `http`. Fails with `invalid-request` for a number that is no port. */
export function parseAskedPort(text: string | undefined): Result<AskedPort, Problem> {
  if (text === undefined || !/^-?\d+$/.test(text)) return ok(text);
  const number = Number(text);
  if (number >= 1 && number <= 65535) return ok(number);
  return err(refusedPort('invalid-port', `\`${text}\` is no port: expected a number from 1 to 65535, or the name of a port`));
}

/** A problem about the parameter `port`. */
export function refusedPort(code: string, message: string, hint?: string): Problem {
  return refusedField('/port', code, message, hint);
}

function refusedField(pointer: string, code: string, message: string, hint?: string): Problem {
  const more = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { ...more, errors: [{ pointer, code, message, ...more }] });
}

/** "A service is a port mapping": a proxy translates TCP, UDP and SCTP, and hands on nothing else (kubernetes/api `core/v1/types.go`, ServicePort). */
export function behindServiceOnly(to: Pick<ResolvedEndpoints, 'services'>, protocol: AskedProtocol | undefined): Problem | undefined {
  const [service] = to.services;
  if (service === undefined || protocol === undefined || typeof protocol === 'string') return undefined;
  const message = `service \`${service}\` hands on the ports that it has, and no ${formatAskedProtocol(protocol)}`;
  return refusedField('/to', 'service-without-protocol', message, 'ask for the pods behind it: `deploy/…`, `pod/…`, `label:…`');
}

/** What is asked for at one destination; undefined where it has no container port of the name. */
export function askedAt(destination: PolicyEndpoint, protocol: AskedProtocol | undefined, port: AskedPort): ConnectionSet | undefined {
  if (typeof protocol === 'object') return messagesOf(protocol);
  if (port === undefined) return protocol === undefined ? EVERY_PORT : connectionsOf(protocol);
  if (typeof port === 'number') return connectionsOf(protocol ?? 'TCP', port, port);
  if (destination.kind !== 'pod') return undefined;
  for (const one of protocol === undefined ? NAME_PROTOCOLS : [protocol]) {
    const found = namedPort(destination.ports, port, one);
    if (found) return connectionsOf(one, found.containerPort, found.containerPort);
  }
  return undefined;
}

function messagesOf({ number, icmpType, icmpCode }: PortlessProtocol): ConnectionSet {
  if (!isIcmp(number)) return connectionsOfProtocol(number);
  const only = (value: number | undefined) => (value === undefined ? undefined : [{ from: value, to: value }]);
  return icmpConnections(number === IP_PROTOCOLS.ICMP ? 'ICMP' : 'ICMPv6', only(icmpType), only(icmpCode));
}

/** No destination has a port of that name. */
export function unknownPortName(name: string, destinations: readonly PolicyEndpoint[]): Problem {
  const names = new Set(destinations.flatMap((one) => (one.kind === 'pod' ? one.ports.flatMap((port) => port.name ?? []) : [])));
  const hint = didYouMeanHint(name, names) ?? (names.size > 0 ? `it has ${[...names].join(', ')}` : 'give the number of the port');
  return refusedPort('unknown-port', `no destination has a container port named \`${name}\``, hint);
}
