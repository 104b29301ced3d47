import type { EvidenceStep } from '../../../kernel/evidence.js';
import { inMap } from '../../../kernel/in-map.js';
import { md5 } from '../../../kernel/md5.js';
import { parseIp } from '../../../net/ip.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteBackend, RouteEndpoint } from '../../route-result.js';
import type { AskedAffinity, SessionCookie } from './asked-affinity.js';
import { HashRing } from './hash-ring.js';

/** How an upstream keeps clients at one endpoint. */
export interface Affinity {
  mode: AskedAffinity['mode'];
  /** Undefined: no path that leads to it asks for a cookie. */
  cookie: SessionCookie | undefined;
  /** Paths on which a client is given the cookie, by the name of their server. */
  readonly locations: Map<string, Given>;
}

/** Paths of a server, and what that is called besides. */
interface Given {
  readonly aliases: ReadonlySet<string>;
  readonly paths: Set<string>;
}

/** Of a server, once for all of its paths and upstreams. */
const aliasSets = new WeakMap<readonly string[], ReadonlySet<string>>();

/**
 * What becomes of an upstream's affinity when one more path leads to it (`controller.go`, `getBackendServers`): the first mode counts and the last cookie, and each path
 * that asks for a cookie gives it.
 */
export function joinAffinity(
  known: Affinity | undefined,
  { mode, cookie }: AskedAffinity,
  host: string,
  aliases: readonly string[],
  path: string,
): Affinity {
  const affinity: Affinity = known ?? { mode: undefined, cookie: undefined, locations: new Map<string, Given>() };
  affinity.mode ??= mode;
  if (cookie) {
    affinity.cookie = cookie;
    const given = inMap(affinity.locations, host, () => ({
      aliases: inMap(aliasSets, aliases, () => new Set(aliases)),
      paths: new Set<string>(),
    }));
    given.paths.add(path);
  }
  return affinity;
}

/** Where a request comes in: the location's own path, and the name by which its server is known. */
export interface SessionPlace {
  readonly request: RouteRequest;
  /** `_`: the server of every other host. */
  readonly server: string;
  readonly path: string;
}

/** What a cookie says: `key of the endpoint|key of the upstream`. */
interface SessionValue {
  readonly endpoint: string;
  readonly upstream: string | undefined;
}

const keysOfUpstreams = new Map<string, string>();
const MAX_KNOWN = 10_000;

/** The key by which a cookie names an upstream (`sticky.lua`, `sync`). */
function keyOf(upstream: string): string {
  if (keysOfUpstreams.size >= MAX_KNOWN) keysOfUpstreams.clear();
  const known = keysOfUpstreams.get(upstream) ?? md5(md5(upstream) + upstream);
  keysOfUpstreams.set(upstream, known);
  return known;
}

/** Whether the client belongs to an upstream by its cookie (`sticky.lua`, `is_affinitized`). */
export function belongsTo(upstream: string, affinity: Affinity | undefined, { headers }: RouteRequest): boolean {
  return affinity?.cookie !== undefined && sessionOf(headers, affinity.cookie.name)?.upstream === keyOf(upstream);
}

/** A backend of an upstream as a client gets it: the endpoint that its cookie leads to, or every one and a cookie (`sticky.lua`, `balance`). */
export function keepSession(
  backend: RouteBackend,
  upstream: string,
  affinity: Affinity | undefined,
  place: SessionPlace,
): { readonly backend: RouteBackend; readonly steps: readonly EvidenceStep[] } {
  const cookie = affinity?.cookie;
  if (!affinity || !cookie) return { backend, steps: [] };
  const session = sessionOf(place.request.headers, cookie.name);
  const kept = session && endpointOf(session.endpoint, upstream, affinity.mode, backend.endpoints);
  if (kept) {
    const message = `the cookie \`${cookie.name}\` leads the client to ${placeOf(kept)}`;
    const endpoints = kept === 'unknown' ? backend.endpoints : [kept];
    return { backend: { ...backend, endpoints }, steps: [sessionStep('SESSION_KEPT', message)] };
  }
  if (!givesCookie(affinity, place)) return { backend, steps: [] };
  const responseHeaders = [
    ...backend.responseHeaders,
    { action: 'add', name: 'Set-Cookie', value: cookieText(cookie, upstream, place) } as const,
  ];
  const message = `the answer gives the client the cookie \`${cookie.name}\`, by which it comes back to the endpoint that it gets now`;
  return { backend: { ...backend, responseHeaders }, steps: [sessionStep('SESSION_STARTED', message)] };
}

function sessionStep(reason: string, message: string): EvidenceStep {
  return { stage: 'endpoints', outcome: 'info', reason, message };
}

/** The last cookie of the name counts (utix/lua-resty-cookie `cookie.lua`). */
function sessionOf(headers: RouteRequest['headers'], name: string): SessionValue | undefined {
  const pairs = headers.filter(([one]) => one.toLowerCase() === 'cookie').flatMap(([, value]) => value.split(';'));
  const found = pairs.map((pair) => pair.trim()).findLast((pair) => pair.startsWith(`${name}=`));
  if (found === undefined) return undefined;
  const [endpoint = '', upstream] = found.slice(name.length + 1).split('|');
  return { endpoint, upstream };
}

const textOf = ({ address, port }: RouteEndpoint) => `${address.includes(':') ? `[${address}]` : address}:${port}`;
const placeOf = (endpoint: RouteEndpoint | 'unknown') =>
  endpoint === 'unknown'
    ? 'one of the addresses of the name'
    : `${textOf(endpoint)}${endpoint.pod === null ? '' : `, pod ${endpoint.pod}`}`;

/** Names are resolved by nginx, to addresses that are not known here. */
function endpointOf(
  key: string,
  upstream: string,
  mode: Affinity['mode'],
  endpoints: RouteBackend['endpoints'],
): RouteEndpoint | 'unknown' | undefined {
  if (endpoints.some(({ address }) => !parseIp(address))) return 'unknown';
  if (mode === 'persistent') return endpoints.find((endpoint) => md5(upstream + textOf(endpoint)) === key);
  const found = inMap(rings, endpoints, () => new HashRing(new Map(endpoints.map((endpoint) => [textOf(endpoint), 1])))).find(key);
  return endpoints.find((endpoint) => textOf(endpoint) === found);
}

const rings = new WeakMap<RouteBackend['endpoints'], HashRing>();

/** By the name of the server, or that of the wildcard above it (`sticky.lua`, `should_set_cookie`). */
function givesCookie({ locations }: Affinity, { server, path }: SessionPlace): boolean {
  const own = givenAt(locations, server);
  const found = own.length > 0 ? own : givenAt(locations, server.replace(/^[^.]+\./, '*.'));
  return found.some(({ paths }) => paths.has(path));
}

function givenAt(locations: Affinity['locations'], name: string): readonly Given[] {
  const own = locations.get(name);
  return own ? [own] : [...locations.values()].filter(({ aliases }) => aliases.has(name));
}

/** Browsers that take `SameSite=None` for another value (`util/same_site.lua`). */
function takesSameSiteNone(agent: string): boolean {
  if (/Chrome\/[456]|CPU iPhone OS 12|iPad; CPU OS 12/.test(agent)) return false;
  return !(['Macintosh', 'Intel Mac OS X 10_14', 'Safari'].every((part) => agent.includes(part)) && !agent.includes('Chrome'));
}

/** What stands in braces is made for each client. */
function cookieText(cookie: SessionCookie, upstream: string, { request, path }: SessionPlace): string {
  const agent = request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? '';
  const leavesOutNone = cookie.conditionalSameSiteNone && cookie.sameSite === 'None' && !takesSameSiteNone(agent);
  // Other spellings pass the validator, and the module that writes the cookie leaves them out.
  const sameSite = ['Strict', 'Lax', 'None'].includes(cookie.sameSite) && !leavesOutNone ? cookie.sameSite : '';
  return [
    `${cookie.name}={endpoint}|${keyOf(upstream)}`,
    cookie.expires === '' ? '' : `Expires={${Number(cookie.expires)} seconds from now}`,
    cookie.maxAge === '' ? '' : `Max-Age=${Number(cookie.maxAge)}`,
    cookie.domain === '' ? '' : `Domain=${cookie.domain}`,
    `Path=${cookie.path === '' ? path : cookie.path}`,
    cookie.secure || request.scheme === 'https' ? 'Secure' : '',
    'HttpOnly',
    sameSite === '' ? '' : `SameSite=${sameSite}`,
    cookie.partitioned ? 'Partitioned' : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}
