import { pathFault } from '../../../resources/ingress-path-fault.js';
import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { Ingress, IngressBackend, IngressRule } from '../../../resources/ingress.js';
import type { VirtualServer, VirtualServerRoute } from '../../../resources/virtual-server.js';
import { SharedLocationTexts } from '../nginx/location-texts.js';
import type { Location, NginxServer } from '../nginx/servers.js';
import { bytesOf } from '../nginx/uri.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { placesOf, type VirtualPlace } from './virtual-places.js';
import { f5Annotations } from './f5-annotations.js';
import { f5Fault } from './f5-validation.js';

/** A server of the controller: one host, which belongs to one Ingress (or to a master and its minions). */
export interface F5Server extends NginxServer {
  readonly owner: F5Owner;
  /** Locations that are expressions, in the order in which nginx tries them. */
  readonly patterns: readonly F5Pattern[];
  /** What the locations of a VirtualServer do. */
  readonly places: ReadonlyMap<Location, VirtualPlace>;
  /** It has a certificate, so that it takes https. */
  readonly endsTls: boolean;
}

/** A location that is an expression. */
export interface F5Pattern {
  readonly location: Location;
  readonly expression: string;
  readonly ignoreCase: boolean;
}

/** What a host can belong to. */
export type F5Owner = Ingress | VirtualServer;

/** The kinds that a class of the controller reads. */
export interface F5Objects {
  readonly ingresses: readonly Ingress[];
  readonly servers: readonly VirtualServer[];
  readonly routes: readonly VirtualServerRoute[];
}

/** An Ingress, or a host of it, that is not served, and why. */
export interface Refused {
  readonly ingress: F5Owner;
  readonly host: string | undefined;
  readonly reason: 'INGRESS_REFUSED' | 'HOST_TAKEN' | 'MASTER_MISSING';
  readonly message: string;
  /** Who has the host. */
  readonly holder: F5Owner | undefined;
}

/** Who names a host, and the server that he makes of it. */
interface Claim {
  readonly owner: F5Owner;
  readonly host: string;
  readonly make: () => F5Server;
}

/** Every host with its server, and what is not served (nginx/kubernetes-ingress `internal/k8s/configuration.go`, `validation.go`, `internal/configs/ingress.go`). */
export class F5Servers {
  readonly servers = new Map<string, F5Server>();
  readonly refused: Refused[] = [];
  private readonly texts = new SharedLocationTexts();
  /** Claims to a host that another Ingress has, which neither age nor UID decides. */
  private readonly contested = new Map<string, Claim[]>();
  private readonly rivals = new Map<string, readonly F5Server[]>();
  private readonly minions = new Map<string | undefined, Ingress[]>();

  constructor({ ingresses, servers, routes }: F5Objects) {
    const ordered = ingresses.toSorted(compareClaims).filter((ingress) => this.isValid(ingress));
    const minions = ordered.filter((ingress) => kindOf(ingress) === 'minion');
    for (const ingress of minions) inMap(this.minions, ingress.rules[0]?.host, (): Ingress[] => []).push(ingress);
    const claims = ordered.flatMap((ingress) => (kindOf(ingress) === 'minion' ? [] : this.claimsOf(ingress)));
    for (const server of servers.toSorted(compareClaims)) {
      if (server.fault === undefined)
        claims.push({ owner: server, host: server.host, make: () => virtualServer(server, placesOf(server, routes), this.texts) });
      else this.refused.push({ ingress: server, host: undefined, reason: 'INGRESS_REFUSED', message: server.fault, holder: undefined });
    }
    for (const claim of claims.toSorted((a, b) => compareClaims(a.owner, b.owner))) this.claim(claim);
    for (const ingress of minions) this.withoutMaster(ingress);
  }

  /** The servers of those who may have the host as well. */
  rivalsFor(host: string): readonly F5Server[] {
    return inMap(this.rivals, host, () => (this.contested.get(host) ?? []).map(({ make }) => make()));
  }

  private isValid(ingress: Ingress): boolean {
    const message = f5Fault(ingress);
    if (message !== undefined) this.refused.push({ ingress, host: undefined, reason: 'INGRESS_REFUSED', message, holder: undefined });
    return message === undefined;
  }

  private claimsOf(ingress: Ingress): Claim[] {
    return ingress.rules.map((rule) => ({ owner: ingress, host: rule.host ?? '', make: () => this.serverOf(ingress, rule) }));
  }

  /** A host belongs to the object that comes first; the others get nothing of it. */
  private claim(claim: Claim): void {
    const { owner, host } = claim;
    const holder = this.servers.get(host)?.owner;
    if (holder) {
      const message = `host \`${host}\` belongs to ${describeRef(holder.ref)}, which comes first`;
      this.refused.push({ ingress: owner, host, reason: 'HOST_TAKEN', message, holder });
      if (isUndecided(owner, holder)) inMap(this.contested, host, (): Claim[] => []).push(claim);
      return;
    }
    this.servers.set(host, claim.make());
  }

  private serverOf(ingress: Ingress, rule: IngressRule): F5Server {
    const host = rule.host ?? '';
    const isMaster = kindOf(ingress) === 'master';
    const entries = isMaster ? ownPathsOf(host, this.minions.get(rule.host) ?? []) : entriesOf(ingress, rule);
    return serverOf(ingress, host, entries, this.texts);
  }

  private withoutMaster(ingress: Ingress): void {
    const host = ingress.rules[0]?.host;
    const server = this.servers.get(host ?? '');
    if (server?.owner.kind === 'Ingress' && kindOf(server.owner) === 'master') return;
    const message = `no Ingress of type master has host \`${host ?? ''}\``;
    this.refused.push({ ingress, host, reason: 'MASTER_MISSING', message, holder: server?.owner });
  }
}

/** `chooseObjectMetaWinner`: the older one, of equal age the one with the larger UID. */
function compareClaims(a: F5Owner, b: F5Owner): number {
  const [left, right] = [a.uid ?? '', b.uid ?? ''];
  return ageOf(a) - ageOf(b) || (left > right ? -1 : left < right ? 1 : 0);
}

/** Whether it cannot be told which of two comes first. */
export function isUndecided(a: F5Owner, b: F5Owner): boolean {
  return ageOf(a) === ageOf(b) && (a.uid === undefined || b.uid === undefined);
}

function ageOf({ createdAt }: F5Owner): number {
  return createdAt === undefined ? 0 : Date.parse(createdAt) || 0;
}

const kindOf = (ingress: Ingress) => f5Annotations(ingress).mergeable;

/** A path with its backend, before nginx orders it. */
interface Entry {
  readonly rule: PathRule<Ingress>;
  readonly backend: IngressBackend;
}

/** The paths of one rule; where none is `/`, the default backend is. */
function entriesOf(ingress: Ingress, { host, paths }: IngressRule): readonly Entry[] {
  const entries = paths.map((path): Entry => ({ rule: pathRule(ingress, host, path, pathFault(path)), backend: path.backend }));
  const { defaultBackend } = ingress;
  if (!defaultBackend || paths.some(({ path }) => path === '/' || path === '')) return entries;
  const rule: PathRule<Ingress> = {
    ingress,
    pointer: '/spec/defaultBackend',
    host,
    path: undefined,
    pathType: undefined,
    backend: defaultBackend,
    fault: undefined,
  };
  return [...entries, { rule, backend: defaultBackend }];
}

/** The paths of the minions of a host; each belongs to the minion that comes first. */
function ownPathsOf(host: string, minions: readonly Ingress[]): readonly Entry[] {
  const taken = new Map<string, Ingress>();
  return minions.flatMap((ingress) =>
    ingress.rules.flatMap((rule) => {
      if (rule.host !== host) return [];
      return entriesOf({ ...ingress, defaultBackend: undefined }, rule)
        .map((entry) => ({ ...entry, rule: { ...entry.rule, ingress } }))
        .filter(({ rule: { path = '' } }) => {
          const holder = taken.get(path) ?? ingress;
          taken.set(path, holder);
          return holder === ingress;
        });
    }),
  );
}

function serverOf(owner: Ingress, host: string, entries: readonly Entry[], texts: SharedLocationTexts): F5Server {
  const valid = entries.filter(({ rule }) => rule.fault === undefined);
  const located = valid.map(({ rule, backend }) => ({ mode: f5Annotations(rule.ingress).pathRegex, location: locationOf(rule, backend) }));
  const plain = located.filter(({ mode }) => mode === undefined || mode === 'exact').map(({ location }) => location);
  plain.sort((a, b) => b.path.length - a.path.length);
  const patterns = located.filter(({ mode }) => mode === 'case_sensitive' || mode === 'case_insensitive');
  return {
    owner,
    host,
    locations: plain,
    texts: texts.of(plain),
    patterns: patterns.map(({ mode, location }) => ({
      location,
      expression: `^${location.text}`,
      ignoreCase: mode === 'case_insensitive',
    })),
    places: new Map(),
    endsTls: owner.tls.some(({ hosts }) => hosts.some((name) => name.toLowerCase() === host)),
    ...nothingElse(),
  };
}

/** `generateIngressPath`: `= /path` for Exact, the path as it stands for every other type. */
function locationOf(rule: PathRule<Ingress>, backend: IngressBackend): Location {
  const exact = rule.pathType === 'Exact' || f5Annotations(rule.ingress).pathRegex === 'exact';
  const { ingress } = rule;
  const path = rule.path === undefined || rule.path === '' ? '/' : rule.path;
  return {
    path,
    text: bytesOf(path),
    exact,
    rule,
    ingress,
    annotations: undefined,
    upstream: { ingress, backend, canary: undefined, affinity: undefined, alternative: undefined, isDeleted: false },
  };
}

/** The locations of a VirtualServer: exact ones, prefixes, and expressions as they are written (`generatePath` of `internal/configs/virtualserver.go`). */
function virtualServer(owner: VirtualServer, placed: readonly VirtualPlace[], texts: SharedLocationTexts): F5Server {
  const places = new Map(placed.map((place) => [locationOfRoute(place), place] as const));
  const all = [...places.keys()];
  const isPattern = (location: Location) => location.rule?.path?.startsWith('~') === true;
  const plain = all.filter((location) => !isPattern(location)).sort((a, b) => b.path.length - a.path.length);
  const patterns = all.filter(isPattern).map((location): F5Pattern => {
    const written = location.rule?.path ?? '';
    return { location, expression: bytesOf(written.replace(/^~\*?\s*/, '')), ignoreCase: written.startsWith('~*') };
  });
  return {
    owner,
    host: owner.host,
    locations: plain,
    texts: texts.of(plain),
    patterns,
    places,
    endsTls: owner.tls?.secret !== undefined,
    ...nothingElse(),
  };
}

function locationOfRoute({ holder, route: { path: written }, rule }: VirtualPlace): Location {
  const exact = written.startsWith('=');
  const path = exact ? written.slice(1) : written;
  return { path, text: bytesOf(path), exact, rule, ingress: holder, annotations: undefined, upstream: undefined };
}

/** What servers of ingress-nginx have besides. */
const nothingElse = () =>
  ({
    appRoot: undefined,
    aliases: [],
    isRegex: false,
    wwwRedirect: false,
    passesTls: false,
    tls: undefined,
    snippet: undefined,
    certificateAskers: [],
    taken: new Map<PathRule, Location>(),
    canaries: new Set<PathRule>(),
  }) as const;
