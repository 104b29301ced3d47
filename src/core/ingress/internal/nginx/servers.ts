import type { Ingress, IngressBackend, IngressRule } from '../../../resources/ingress.js';
import { pathFault, type PathRule, type RoutingObject } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import { annotationsOf, type CanaryRules, type NginxAnnotations } from './annotations.js';

/** A Service port that locations send requests to; all of its locations share its canaries (`controller.go`, `createUpstreams`). */
export interface Upstream {
  readonly ingress: Ingress;
  readonly backend: IngressBackend;
  readonly canary: CanaryRules | undefined;
  /** Canaries merged into it; the first counts. */
  readonly alternatives: { readonly upstream: Upstream; readonly rule: PathRule }[];
}

/** One location of a server. */
export interface Location {
  path: string;
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
  locations: Location[];
  aliases: readonly string[];
  /** Every location is a regular expression (`enforceRegexModifier`). */
  isRegex: boolean;
  wwwRedirect: boolean;
  /** The Ingress that names the host first asks for its TLS to be passed through (`createServers`). */
  readonly passesTls: boolean;
  /** The Ingress whose `spec.tls` decides about the certificate. */
  tls: Ingress | undefined;
  /** Paths that another one keeps: the location each lost to. */
  readonly taken: Map<PathRule, Location>;
  readonly canaries: Set<PathRule>;
}

/** The name of the server for every other host. */
export const CATCH_ALL = '_';

/** Servers, locations and canaries as the controller makes them of its Ingresses, which come oldest first. */
export class ServerTable {
  readonly servers = new Map<string, NginxServer>();
  private readonly upstreams = new Map<string, Upstream>();

  constructor(ingresses: readonly Ingress[]) {
    this.servers.set(CATCH_ALL, newServer(CATCH_ALL, { ...DEFAULT_LOCATION }));
    for (const ingress of ingresses) this.addUpstreams(ingress);
    const plain = ingresses.filter((ingress) => annotationsOf(ingress).canary === undefined);
    for (const ingress of plain) this.addServers(ingress);
    for (const ingress of plain) this.configure(ingress);
    this.dropTakenAliases();
    for (const ingress of ingresses) for (const rule of validRules(ingress)) this.addPaths(ingress, rule);
    if (plain.length > 0) for (const ingress of ingresses) if (annotationsOf(ingress).canary) this.mergeCanary(ingress);
    for (const server of this.servers.values()) finish(server);
  }

  private addUpstreams(ingress: Ingress): void {
    const { canary } = annotationsOf(ingress);
    const backends = [ingress.defaultBackend, ...ingress.rules.flatMap((rule) => rule.paths.map((path) => path.backend))];
    for (const backend of backends) {
      const name = backend && upstreamName(ingress, backend);
      if (backend && name !== undefined && !this.upstreams.has(name))
        this.upstreams.set(name, { ingress, backend, canary, alternatives: [] });
    }
  }

  private upstreamOf(ingress: Ingress, backend: IngressBackend | undefined): Upstream | undefined {
    const name = backend && upstreamName(ingress, backend);
    return name === undefined ? undefined : this.upstreams.get(name);
  }

  /** Every host gets a server with a default location, which carries the annotations of the Ingress that names it first (rule B4). */
  private addServers(ingress: Ingress): void {
    const annotations = annotationsOf(ingress);
    const upstream = this.upstreamOf(ingress, ingress.defaultBackend);
    const catchAll = this.servers.get(CATCH_ALL)?.locations[0];
    if (catchAll && catchAll.ingress === undefined && upstream && ingress.rules.length === 0) {
      // Neither redirects nor rewrites are taken over into the catch-all.
      const kept = { ...annotations, redirect: undefined, fromToWww: false, rewriteTarget: '', useRegex: false, appRoot: '' };
      Object.assign(catchAll, { upstream, ingress, annotations: kept, rule: defaultRule(ingress) });
    }
    for (const rule of validRules(ingress)) {
      const host = rule.host ?? CATCH_ALL;
      if (this.servers.has(host)) continue;
      const location: Location = { path: '/', exact: false, rule: undefined, ingress, annotations, upstream };
      this.servers.set(host, newServer(host, location, host !== CATCH_ALL && annotations.sslPassthrough));
    }
  }

  private configure(ingress: Ingress): void {
    for (const { host = CATCH_ALL } of validRules(ingress)) {
      const server = this.servers.get(host);
      if (!server) continue;
      if (server.aliases.length === 0) server.aliases = annotationsOf(ingress).aliases;
      if (server.tls === undefined && ingress.tls.length > 0 && host !== CATCH_ALL) server.tls = ingress;
    }
  }

  private dropTakenAliases(): void {
    for (const server of this.servers.values()) server.aliases = [...new Set(server.aliases)].filter((alias) => !this.servers.has(alias));
  }

  private addPaths(ingress: Ingress, rule: IngressRule): void {
    const server = this.servers.get(rule.host ?? CATCH_ALL) ?? this.servers.get(CATCH_ALL);
    for (const path of rule.paths) {
      const upstream = this.upstreamOf(ingress, path.backend);
      if (!server || !upstream || upstream.canary || pathFault(path) !== undefined) continue;
      addLocation(server, { ...path, ingress, host: rule.host, fault: undefined }, upstream);
    }
  }

  /** A canary joins the upstream of a location of the same host, path and type (`mergeAlternativeBackends`). */
  private mergeCanary(ingress: Ingress): void {
    for (const rule of validRules(ingress)) {
      const server = this.servers.get(rule.host ?? CATCH_ALL);
      for (const path of rule.paths) {
        const own = this.upstreamOf(ingress, path.backend);
        const exact = path.pathType === 'Exact';
        const main = server?.locations.find((location) => location.path === path.path && location.exact === exact)?.upstream;
        if (!server || !own || !main || main === own || main.canary) continue;
        const canary: PathRule = { ...path, ingress, host: rule.host, fault: undefined };
        if (!main.alternatives.some(({ upstream }) => upstream === own)) main.alternatives.push({ upstream: own, rule: canary });
        server.canaries.add(canary);
      }
    }
  }
}

const DEFAULT_LOCATION: Location = {
  path: '/',
  exact: false,
  rule: undefined,
  ingress: undefined,
  annotations: undefined,
  upstream: undefined,
};

function newServer(host: string, location: Location, passesTls = false): NginxServer {
  return {
    host,
    locations: [location],
    aliases: [],
    isRegex: false,
    wwwRedirect: false,
    passesTls,
    tls: undefined,
    taken: new Map(),
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

function upstreamName({ namespace }: Ingress, backend: IngressBackend): string | undefined {
  return backend.type === 'service' ? `${namespace}/${backend.name}/${backend.port}` : undefined;
}

/** The rules whose host the API server accepts. */
function validRules(ingress: Ingress): readonly IngressRule[] {
  return ingress.rules.filter((rule) => rule.host === undefined || hostFault(rule.host) === undefined);
}

/** The first of a path and type keeps it; a Prefix `/` replaces the default location (rules B4, B6). */
function addLocation(server: NginxServer, rule: PathRule, upstream: Upstream): void {
  const path = rule.path === undefined || rule.path === '' ? '/' : rule.path;
  const exact = rule.pathType === 'Exact';
  const { ingress } = rule;
  const annotations = annotationsOf(ingress);
  // The controller looks at the first location of the path alone: where that is of the other type it adds one more.
  const first = server.locations.find((location) => location.path === path);
  if (first?.exact === exact && first.rule?.path !== undefined) {
    server.taken.set(rule, first);
    return;
  }
  if (annotations.fromToWww) server.wwwRedirect = true;
  if (first?.exact === exact && (first.rule === undefined || server.host !== CATCH_ALL))
    Object.assign(first, { rule, ingress, annotations, upstream });
  else if (first?.exact === exact) server.taken.set(rule, first);
  else server.locations.push({ path, exact, rule, ingress, annotations, upstream });
}

/** Whether a location rewrites, which makes all of its server regular expressions. */
function rewrites({ annotations, path }: Location): boolean {
  return annotations !== undefined && annotations.rewriteTarget !== '' && annotations.rewriteTarget !== path;
}

const usesRegex = (location: Location) => rewrites(location) || location.annotations?.useRegex === true;

/** Order (rule B7), the second location of a Prefix (`location.go`, rule B8), and whether the server matches by expressions (rule B9). */
function finish(server: NginxServer): void {
  const sorted = server.locations.toSorted((a, b) => b.path.length - a.path.length || (a.path < b.path ? 1 : a.path > b.path ? -1 : 0));
  const exacts = new Set(sorted.filter((location) => location.exact).map((location) => location.path));
  server.locations = sorted.flatMap((location) => {
    if (location.path === '/' || location.exact || usesRegex(location)) return [location];
    const slashed = { ...location, path: location.path.endsWith('/') ? location.path : `${location.path}/` };
    return exacts.has(location.path) ? [slashed] : [slashed, { ...location, exact: true }];
  });
  server.isRegex = server.locations.some(usesRegex);
}
