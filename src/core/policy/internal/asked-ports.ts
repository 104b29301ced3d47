import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Protocol } from '../../net/protocol.js';
import { type ConnectionSet, connectionsOf, EVERY_PORT } from './connection-set.js';
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
  const more = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { ...more, errors: [{ pointer: '/port', code, message, ...more }] });
}

/** What is asked for at one destination; undefined where it has no container port of the name. */
export function askedAt(destination: PolicyEndpoint, protocol: Protocol | undefined, port: AskedPort): ConnectionSet | undefined {
  if (port === undefined) return protocol === undefined ? EVERY_PORT : connectionsOf(protocol);
  if (typeof port === 'number') return connectionsOf(protocol ?? 'TCP', port, port);
  if (destination.kind !== 'pod') return undefined;
  for (const one of protocol === undefined ? NAME_PROTOCOLS : [protocol]) {
    const found = namedPort(destination.ports, port, one);
    if (found) return connectionsOf(one, found.containerPort, found.containerPort);
  }
  return undefined;
}

/** No destination has a port of that name. */
export function unknownPortName(name: string, destinations: readonly PolicyEndpoint[]): Problem {
  const names = new Set(destinations.flatMap((one) => (one.kind === 'pod' ? one.ports.flatMap((port) => port.name ?? []) : [])));
  const hint = didYouMeanHint(name, names) ?? (names.size > 0 ? `it has ${[...names].join(', ')}` : 'give the number of the port');
  return refusedPort('unknown-port', `no destination has a container port named \`${name}\``, hint);
}
