import { inMap } from '../../../kernel/in-map.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { Ingress, IngressRule } from '../../../resources/ingress.js';
import { pathRule, type PathRule, type RoutingObject } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import { annotationsOf, type NginxAnnotations } from './annotations.js';
import { LocationTexts, SharedLocationTexts } from './location-texts.js';
import { MergePlaces } from './merge-places.js';
import { ownLocations } from './own-locations.js';
import { joinAffinity } from './sticky-session.js';
import { type Upstream, Upstreams } from './upstreams.js';
import { bytesOf } from './uri.js';

/** One location of a server. */
export interface Location {
  readonly path: string;
  /** The path as nginx compares it. */
  readonly text: string;
  readonly exact: boolean;
  /** Undefined: the default location that every server begins with. */
  rule: PathRule | undefined;
  /** Whose annotations it carries; undefined: those of nobody. */
  ingress: RoutingObject | undefined;
  annotations: NginxAnnotations | undefined;
  /** Undefined: the controller's own default backend. */
  upstream: Upstream | undefined;
}

/** One server of nginx. */
export interface NginxServer {
  /** `_`: every other host. */
  readonly host: string;
  /** The longest text first, of one length the larger (rule B7). */
  locations: readonly Location[];
  /** Their texts, for servers that do not match by expressions. */
  texts: LocationTexts;
  aliases: readonly string[];
  /** The location whose `app-root` takes `/` (rule B14). */
  appRoot: Location | undefined;
  /** Every location is a regular expression (`enforceRegexModifier`). */
  isRegex: boolean;
  wwwRedirect: boolean;
  /** The Ingress that names the host first asks for its TLS to be passed through (`createServers`). */
  readonly passesTls: boolean;
  /** The first Ingress with a `server-snippet` for the host: the only one that counts. */
  snippet: Ingress | undefined;
  /** The Ingress whose `spec.tls` decides about the certificate. */
  tls: Ingress | undefined;
  /** Paths that another one keeps: the location each lost to. */
  readonly taken: Map<PathRule, Location>;
  /** Ingresses in their order, from the first one that asks the clients of the host for certificates. */
  readonly certificateAskers: Ingress[];
  /** Ingresses that name a Secret for TLS with backends (`proxy-ssl-secret`), in their order. */
  readonly backendSecrets: Ingress[];
  readonly canaries: Set<PathRule>;
}

/** A path of a server to be, and where it leads. */
interface Placed {
  readonly rule: PathRule;
  readonly upstream: Upstream;
}

/** So many Ingresses, or servers, are looked at in one step. */
const STRETCH = 100;

/** The name of the server for every other host. */
export const CATCH_ALL = '_';

/** Servers, locations and canaries as the controller makes them of its Ingresses, which come oldest first. */
export class ServerTable {
  readonly servers = new Map<string, NginxServer>();
  private readonly upstreams = new Upstreams();

  /** Once, before anything is read of it. */
  *fill(ingresses: readonly Ingress[], healthPath: string): Steps<void> {
    this.servers.set(CATCH_ALL, newServer(CATCH_ALL, { ...DEFAULT_LOCATION }));
    yield* forEachInSteps(ingresses, STRETCH, (ingress) => this.upstreams.add(ingress));
    const plain = ingresses.filter((ingress) => annotationsOf(ingress).canary === undefined);
    yield* forEachInSteps(plain, STRETCH, (ingress) => this.addServers(ingress));
    yield* forEachInSteps(plain, STRETCH, (ingress) => this.configure(ingress));
    this.dropTakenAliases();
    const placed = new Map<NginxServer, Placed[]>();
    yield* forEachInSteps(ingresses, STRETCH, (ingress) => this.place(ingress, placed));
    yield* forEachInSteps(placed, STRETCH, ([server, ofServer]) => addLocations(server, ofServer));
    if (plain.length > 0) this.mergeCanaries(ingresses.filter((ingress) => annotationsOf(ingress).canary));
    const shared = new SharedLocationTexts();
    yield* forEachInSteps(this.servers.values(), STRETCH, (server) => finish(server, shared, healthPath));
  }

  /** Every host gets a server with a default location, which carries the annotations of the Ingress that names it first (rule B4). */
  private addServers(ingress: Ingress): void {
    const annotations = annotationsOf(ingress);
    const upstream = this.upstreams.of(ingress, ingress.defaultBackend);
    const catchAll = this.servers.get(CATCH_ALL)?.locations[0];
    if (catchAll && catchAll.ingress === undefined && upstream && ingress.rules.length === 0) {
      const kept = { ...annotations, ...NOT_TAKEN_OVER };
      Object.assign(catchAll, { upstream, ingress, annotations: kept, rule: defaultRule(ingress) });
    }
    for (const rule of validRules(ingress)) {
      const host = rule.host ?? CATCH_ALL;
      if (this.servers.has(host)) continue;
      const location: Location = { ...DEFAULT_LOCATION, ingress, annotations, upstream };
      this.servers.set(host, newServer(host, location, host !== CATCH_ALL && annotations.sslPassthrough));
    }
  }

  private configure(ingress: Ingress): void {
    for (const { host = CATCH_ALL } of validRules(ingress)) {
      const server = this.servers.get(host);
      if (!server) continue;
      if (annotationsOf(ingress).serverSnippet) server.snippet ??= ingress;
      if (server.aliases.length === 0) server.aliases = annotationsOf(ingress).aliases;
      if (server.tls === undefined && ingress.tls.length > 0 && host !== CATCH_ALL) server.tls = ingress;
    }
  }

  private dropTakenAliases(): void {
    for (const server of this.servers.values()) server.aliases = [...new Set(server.aliases)].filter((alias) => !this.servers.has(alias));
  }

  /** Puts the paths of an Ingress, which come in their order, behind those that each server has. */
  private place(ingress: Ingress, placed: Map<NginxServer, Placed[]>): void {
    const { affinity, clientCertificate, proxySsl } = annotationsOf(ingress);
    for (const { host, hasHttp, paths } of validRules(ingress)) {
      const server = this.servers.get(host ?? CATCH_ALL) ?? this.servers.get(CATCH_ALL);
      if (!server) continue;
      const isHeeded = hasHttp || host === undefined;
      if (isHeeded && (clientCertificate || server.certificateAskers.length > 0)) server.certificateAskers.push(ingress);
      if (proxySsl.secret !== '' && isHeeded) server.backendSecrets.push(ingress);
      const list = inMap(placed, server, (): Placed[] => []);
      for (const path of paths) {
        const upstream = this.upstreams.of(ingress, path.backend);
        if (!upstream || upstream.canary || pathFault(path) !== undefined) continue;
        list.push({ rule: pathRule(ingress, host, path, undefined), upstream });
        if (!affinity.mode && !affinity.cookie) continue;
        upstream.affinity = joinAffinity(upstream.affinity, affinity, host ?? CATCH_ALL, server.aliases, pathOf(path));
      }
    }
  }

  /** A canary joins the upstreams of locations of the same host, path and type, its default backend those of the catch-all (`mergeAlternativeBackends`). */
  private mergeCanaries(canaries: readonly Ingress[]): void {
    const places = new MergePlaces();
    const rest = this.servers.get(CATCH_ALL);
    for (const ingress of canaries) {
      const whole = this.upstreams.of(ingress, ingress.defaultBackend);
      if (rest && whole) places.merge(whole, defaultRule(ingress), rest, places.of(rest).all);
      for (const { host, paths } of validRules(ingress)) {
        const server = this.servers.get(host ?? CATCH_ALL);
        for (const path of paths) {
          const own = this.upstreams.of(ingress, path.backend);
          if (!server || !own) continue;
          const same = places.of(server).byPath.get(`${path.pathType === 'Exact'} ${pathOf(path)}`);
          places.merge(own, pathRule(ingress, host, path, undefined), server, same ?? []);
        }
      }
    }
  }
}

/** What a server begins with, and where nothing of an Ingress stands. */
export const DEFAULT_LOCATION: Location = {
  path: '/',
  text: '/',
  exact: false,
  rule: undefined,
  ingress: undefined,
  annotations: undefined,
  upstream: undefined,
};

/** Neither redirects, those to https among them, nor rewrites are taken over into the catch-all. */
const NOT_TAKEN_OVER = {
  redirect: undefined,
  fromToWww: false,
  relativeRedirects: false,
  rewriteTarget: '',
  useRegex: false,
  appRoot: '',
  sslRedirect: false,
  forceSslRedirect: false,
} as const;

const NO_TEXTS = new LocationTexts([]);

function newServer(host: string, location: Location, passesTls = false): NginxServer {
  return {
    host,
    locations: [location],
    texts: NO_TEXTS,
    aliases: [],
    appRoot: undefined,
    isRegex: false,
    wwwRedirect: false,
    passesTls,
    tls: undefined,
    snippet: undefined,
    taken: new Map(),
    certificateAskers: [],
    backendSecrets: [],
    canaries: new Set(),
  };
}

/** The default backend of an Ingress, as a rule without path. */
function defaultRule(ingress: Ingress): PathRule {
  return {
    ingress,
    pointer: '/spec/defaultBackend',
    host: undefined,
    path: undefined,
    pathType: undefined,
    backend: ingress.defaultBackend,
    fault: undefined,
  };
}

/** No path is `/` (`store.go`, `syncIngress`). */
export function pathOf({ path }: { readonly path: string | undefined }): string {
  return path === undefined || path === '' ? '/' : path;
}

/** The rules whose host the API server accepts. */
function validRules(ingress: Ingress): readonly IngressRule[] {
  return ingress.rules.filter((rule) => rule.host === undefined || hostFault(rule.host) === undefined);
}

/** The first of a path and type keeps it; a Prefix `/` replaces the default location (rules B4, B6). */
function addLocations(server: NginxServer, placed: readonly Placed[]): void {
  const locations = [...server.locations];
  // The controller looks at the first location of the path alone: where that is of the other type it adds one more.
  const firsts = new Map(locations.map((location) => [location.path, location]));
  for (const { rule, upstream } of placed) {
    const path = pathOf(rule);
    const exact = rule.pathType === 'Exact';
    const { ingress } = rule;
    const annotations = annotationsOf(ingress);
    const first = firsts.get(path);
    if (first?.exact === exact && first.rule?.path !== undefined) {
      server.taken.set(rule, first);
      continue;
    }
    if (annotations.fromToWww) server.wwwRedirect = true;
    if (first?.exact === exact && (first.rule === undefined || server.host !== CATCH_ALL))
      Object.assign(first, { rule, ingress, annotations, upstream });
    else if (first?.exact === exact) server.taken.set(rule, first);
    else {
      const location: Location = { path, text: bytesOf(path), exact, rule, ingress, annotations, upstream };
      if (first === undefined) firsts.set(path, location);
      locations.push(location);
    }
  }
  server.locations = locations;
}

/** Whether a location rewrites, which makes all of its server regular expressions. */
function rewrites({ annotations, path }: Location): boolean {
  return annotations !== undefined && annotations.rewriteTarget !== '' && annotations.rewriteTarget !== path;
}

const usesRegex = (location: Location) => rewrites(location) || location.annotations?.useRegex === true;

/** Order (rule B7), the second location of a Prefix (`location.go`, rule B8), and whether the server matches by expressions (rule B9). */
function finish(server: NginxServer, shared: SharedLocationTexts, healthPath: string): void {
  const sorted = [...server.locations].sort(byText);
  const exacts = new Set<string>();
  for (const { exact, path } of sorted) if (exact) exacts.add(path);
  const locations: Location[] = [];
  for (const location of sorted) {
    const { path, text } = location;
    if (path === '/' || location.exact || usesRegex(location)) {
      locations.push(location);
      continue;
    }
    locations.push(path.endsWith('/') ? location : variantOf(location, `${path}/`, `${text}/`, false));
    if (!exacts.has(path)) locations.push(variantOf(location, path, text, true));
  }
  server.locations = locations;
  server.isRegex = locations.some(usesRegex);
  server.appRoot = locations.find(({ annotations }) => (annotations?.appRoot ?? '') !== '');
  if (server.isRegex) return; // its default location leaves nothing over
  if (server.host === CATCH_ALL) locations.push(...ownLocations(healthPath));
  server.texts = shared.of(locations);
}

/** Written out, for there are as many as paths. */
function variantOf({ rule, ingress, annotations, upstream }: Location, path: string, text: string, exact: boolean): Location {
  return { path, text, exact, rule, ingress, annotations, upstream };
}

/** The order of the controller, which compares bytes (`controller.go`, `getBackendServers`; rule B7). */
function byText({ text: a }: Location, { text: b }: Location): number {
  return b.length - a.length || (a < b ? 1 : a > b ? -1 : 0);
}
