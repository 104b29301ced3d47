import { PROTOCOLS } from '../net/protocol.js';
import type { CiliumPort } from './cilium-policy.js';

/** What one element of a rule reads: connections to a port of a peer, by a parser of the agent's proxy. */
export interface ParserReading<T> {
  /** Equal for the same port and peer. */
  readonly key: string;
  readonly parser: string;
  readonly of: T;
}

/**
 * Whose reading the agent does not merge with another one's, and that other one. "Cannot merge conflicting L7 parsers": it computes no policy of the endpoint then.
 * A parser of TLS becomes any other but those of DNS and of listeners (cilium/cilium `pkg/policy/l4.go`, L7ParserType.Merge).
 */
export function conflictingReadings<T>(readings: readonly ParserReading<T>[]): ReadonlyMap<T, ParserReading<T>> {
  const byKey = new Map<string, Map<string, ParserReading<T>>>();
  for (const reading of readings) {
    const first = byKey.get(reading.key) ?? new Map<string, ParserReading<T>>();
    byKey.set(reading.key, first);
    if (!first.has(reading.parser)) first.set(reading.parser, reading);
  }
  const found = new Map<T, ParserReading<T>>();
  for (const { key, parser, of } of readings) {
    if (found.has(of)) continue;
    for (const [name, other] of byKey.get(key) ?? []) {
      if (goTogether(parser, name)) continue;
      found.set(of, other);
      break;
    }
  }
  return found;
}

function goTogether(one: string, other: string): boolean {
  return one === other || becomes(one, other) || becomes(other, one);
}

function becomes(from: string, to: string): boolean {
  return from === 'tls' && to !== 'dns' && to !== 'crd';
}

/** The ports under which the agent keeps what it reads: a range is another port than those in it, a name another one than its number. */
export function portsRead(port: CiliumPort): readonly string[] {
  if (port.type !== 'port') return [];
  const protocols = port.protocol === 'ANY' ? PROTOCOLS : [port.protocol];
  const range = port.endPort === undefined ? '' : `-${port.endPort}`;
  return protocols.map((protocol) => `${protocol} ${port.port ?? 0}${range}`);
}
