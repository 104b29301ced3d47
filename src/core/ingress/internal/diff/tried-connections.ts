import { plainRequest, witnessHost } from '../lint/witness-requests.js';
import type { Ip } from '../../../net/ip.js';
import type { RouteRequest } from '../../route-request.js';
import type { ConnectionRule } from './connection-rule.js';
import type { Sampling, TriedRequest } from './tried-requests.js';

type Scheme = ConnectionRule['scheme'];

/** A port of Traefik that no object tells. */
const SOME_PORT = 9000;

/** One that nobody asks for. */
const OTHER_PROTOCOL = 'http/1.0';

/** Beyond so many addresses, or protocols, no more are tried. */
const MOST_CLIENTS = 20;

/**
 * Connections and packets that tell the rules of both sides apart: on each port, in TLS for each name (of a wildcard one with a label more and one with two, one that nobody names, and none), from each address
 * and with each protocol that a rule asks for, and another one.
 */
export function* triedConnections(rules: readonly ConnectionRule[], asked: string | undefined, sampling: Sampling): Iterable<TriedRequest> {
  for (const scheme of ['tls', 'tcp', 'udp'] as const) {
    // A name tells connections apart in TLS alone.
    if (asked !== undefined && scheme !== 'tls') continue;
    const own = rules.filter((one) => one.scheme === scheme);
    if (own.length === 0) continue;
    const names = asked !== undefined ? [asked] : scheme === 'tls' ? namesFor(own) : [witnessHost(undefined, () => false)];
    for (const port of portsOf(own)) {
      const here = own.filter(({ ports }) => ports.length === 0 || ports.includes(port));
      const clients = clientsFor(here, sampling);
      for (const name of names) for (const client of clients) yield connectionOf(scheme, name, port, client);
    }
  }
}

/** Undefined: the client says no name. */
function namesFor(rules: readonly ConnectionRule[]): readonly (string | undefined)[] {
  const written = new Set(rules.flatMap(({ names }) => names));
  const isTaken = (name: string) => written.has(name);
  const names = new Set<string>();
  for (const name of [...written].sort()) {
    if (!name.startsWith('*.')) {
      names.add(name);
      continue;
    }
    const one = witnessHost(name, isTaken);
    names.add(one).add(witnessHost(`*.${one}`, isTaken));
  }
  return [...names, witnessHost(undefined, isTaken), undefined];
}

/** Those that one side tells; where none is told, any. */
function portsOf(rules: readonly ConnectionRule[]): readonly number[] {
  const told = new Set(rules.flatMap(({ ports }) => ports));
  return told.size === 0 ? [SOME_PORT] : [...told].sort((a, b) => a - b);
}

/** Where a client comes from, and what it offers. */
interface Client {
  readonly address: Ip | undefined;
  readonly protocol: string | undefined;
}

function clientsFor(rules: readonly ConnectionRule[], sampling: Sampling): readonly Client[] {
  const addresses = [...new Map(rules.flatMap((one) => one.addresses).map((ip) => [`${ip.family} ${ip.value}`, ip])).values()];
  const protocols = [...new Set(rules.flatMap((one) => one.protocols))];
  const isSampled = rules.some(({ asksMore }) => asksMore) || addresses.length > MOST_CLIENTS || protocols.length > MOST_CLIENTS;
  if (isSampled) sampling.conditions++;
  const from = addresses.length === 0 ? [undefined] : addresses.slice(0, MOST_CLIENTS);
  const offered = protocols.length === 0 ? [undefined] : [...protocols.slice(0, MOST_CLIENTS), OTHER_PROTOCOL];
  return from.flatMap((address) => offered.map((protocol) => ({ address, protocol })));
}

function connectionOf(scheme: Scheme, name: string | undefined, port: number, { address, protocol }: Client): TriedRequest {
  const host = name ?? witnessHost(undefined, () => false);
  const request: RouteRequest = {
    ...plainRequest(scheme === 'tls' ? 'https' : 'http', host, '/'),
    sni: scheme === 'tls' ? name : undefined,
    alpn: protocol === undefined ? undefined : [protocol],
    clientAddress: address,
    connection: { scheme, port },
  };
  return { request, port };
}
