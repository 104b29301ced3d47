import { compareText } from '../../../kernel/compare.js';
import { inMap } from '../../../kernel/in-map.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { TLSOption } from '../../../resources/traefik.js';
import type { TraefikReference } from '../../../resources/traefik-reference.js';
import { ruleDomains } from '../../../traefik-rule/compile-rule.js';
import type { RoutingObject } from '../path-rule.js';
import { parentDomain } from '../request-host.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import { ByReference, resolveAnnotated, resolveReference, shownReference } from './references.js';

/** The TLS options of a connection. */
export interface TlsChoice {
  /** `default`, `namespace/name`, `name@provider`. */
  readonly name: string;
  /** Undefined: those that Traefik has built in, or of another provider. */
  readonly option: TLSOption | undefined;
  /** Why no configuration comes of them: connections are closed. */
  readonly fault: string | undefined;
  /** Why it is these. */
  readonly why: string;
}

/** The names of TLS options, each with the routers that ask for them. */
type AskedOptions = Map<string, HttpRouter[]>;

/** So many routers are looked at in one step. */
const STRETCH = 500;

/** A router that may ask for TLS options. */
interface Asking {
  readonly holder: RoutingObject;
  readonly parts: { readonly tlsOptions: TraefikReference | undefined };
}

const DEFAULT = 'default';
/** ``Host(`*`)``: behind every name that is told. */
const ANY_NAME = '*';
/** Octets of a name (RFC 1035 §2.3.4). */
const LONGEST_NAME = 255;
/** Types of `clientAuth` that need the certificate of an authority (`buildTLSConfig` of `pkg/tls/tlsmanager.go`). */
const NEEDING: ReadonlySet<string | undefined> = new Set(['VerifyClientCertIfGiven', 'RequireAndVerifyClientCert']);

/**
 * Which TLS options a connection gets (`resolveHTTPTLSOptions` of `pkg/server/aggregator.go`, `buildEntryPointHandler` of `pkg/server/router/tcp/manager.go`): those that the
 * routers of the name in the TLS hello ask for; where they ask for different ones, or none has the name, those that are called `default`.
 */
export class TlsOptions {
  private readonly known: ByReference<TLSOption>;
  private readonly usual: TlsChoice;
  private catchAll = false;
  private readonly endedAt = new Map<string | undefined, boolean>();
  private readonly byHost = new Map<string, AskedOptions>();
  private readonly byAlias = new Map<string, AskedOptions>();
  /** Those of one object share what is asked for: there may be thousands of names and of routers. */
  private readonly ofAliases = new Map<readonly string[], AskedOptions>();

  constructor(
    private readonly model: NetworkModel,
    private readonly options: TraefikOptions,
    private readonly routers: readonly HttpRouter[],
    /** Whether Traefik's provider makes a router of it. */
    private readonly isMade: (router: HttpRouter) => boolean,
    /** Those that are no objects of their own, by the names that routers call them by. */
    private readonly unnamed: ReadonlyMap<string, TLSOption> = new Map(),
  ) {
    this.known = new ByReference(model.traefik.tlsOptions);
    const { defaultTLSNamespace: only } = options;
    const defaults = [...model.traefik.tlsOptions.values()].filter(
      ({ ref, namespace }) => ref.name === DEFAULT && (only === undefined || namespace === only),
    );
    const places = defaults.map(({ namespace }) => namespace).sort(compareText);
    const why =
      defaults.length > 1
        ? `TLSOptions named \`default\` stand in the namespaces ${places.join(', ')}: none of them counts`
        : 'no router of the name asks for others';
    this.usual = this.choice(DEFAULT, defaults.length === 1 ? defaults[0] : undefined, why);
  }

  /** Why no router is built because of its TLS options (`buildRouterHandler` of `pkg/server/router/router.go`). */
  faultOf(router: HttpRouter): string | undefined {
    return this.askedBy(router).refused ?? this.choiceOf(router).fault;
  }

  /** The options that a router asks for, whatever others of its name do. */
  choiceOf(router: Asking): TlsChoice {
    return this.optionsNamed(this.askedBy(router).name, 'its router asks for them');
  }

  /** The options for a name in the TLS hello, in lower case; empty: none is sent. */
  forName(name: string): TlsChoice {
    const named = this.optionsOf(name);
    const own = (named.length > 0 ? named : this.optionsAt(ANY_NAME)).flatMap((one) => [...one]);
    const asked = [...new Set(own.filter(([, routers]) => routers.some(this.isMade)).map(([one]) => one))];
    const [only, ...more] = asked;
    if (only === undefined) return this.usual;
    if (more.length === 0) return this.optionsNamed(only, `the routers of \`${name}\` ask for them`);
    const why = `the routers of \`${name}\` ask for different ones (${asked.sort(compareText).join(', ')})`;
    return { ...this.usual, why };
  }

  /** Whether routers have the very name, so that the connection is theirs before any of TCP. */
  hasName(name: string): boolean {
    return this.optionsOf(name).some((one) => [...one.values()].some((routers) => routers.some(this.isMade)));
  }

  /** Whether there are routers without a host, which take any name behind those of TCP. */
  get hasCatchAll(): boolean {
    return this.catchAll;
  }

  /** Whether HTTPS may be served at an entry point; undefined: at one that is not known. */
  isEndedAt(entryPoint: string | undefined): boolean {
    const known = this.endedAt.get(entryPoint);
    if (known !== undefined) return known;
    const ended = this.routers.some(
      (router) =>
        (router.parts.tls || (entryPoint === 'websecure' && this.options.websecureTLS)) &&
        router.parts.entryPoints.mayHave(entryPoint) &&
        this.isMade(router),
    );
    this.endedAt.set(entryPoint, ended);
    return ended;
  }

  /** What the routers of a name ask for, be it their host or what that is called besides; else those of the wildcard above it. */
  private optionsOf(name: string): readonly AskedOptions[] {
    const wider = parentDomain(name) === undefined ? [] : [`*.${parentDomain(name)}`];
    if (this.options.deepWildcards && name.length <= LONGEST_NAME)
      for (let domain = parentDomain(name); domain !== undefined; domain = parentDomain(domain)) wider.push(`**.${domain}`);
    for (const one of [name, ...wider]) {
      const found = this.optionsAt(one);
      if (found.length > 0) return found;
    }
    return [];
  }

  private optionsAt(host: string): readonly AskedOptions[] {
    return [this.byHost.get(host), this.byAlias.get(host)].filter((found) => found !== undefined);
  }

  /** Notes the routers by their names, before anything is asked. */
  *prepare(): Steps<void> {
    yield* forEachInSteps(this.routers, STRETCH, (router) => this.note(router));
  }

  private note(router: HttpRouter): void {
    if (!router.parts.entryPoints.has('websecure')) return;
    const domains = domainsOf(router);
    if (domains.length === 0 || domains.includes(ANY_NAME)) this.catchAll = true;
    if (!router.parts.tls && !this.options.websecureTLS) return;
    const { name, refused } = this.askedBy(router);
    if (refused !== undefined) return;
    const { aliases = [] } = router.parts;
    const places = domains.map((domain) => inMap(this.byHost, domain, newPlace));
    for (const place of aliases.length === 0 ? places : [...places, this.placeOf(aliases)])
      inMap(place, name, (): HttpRouter[] => []).push(router);
  }

  private placeOf(aliases: readonly string[]): AskedOptions {
    return inMap(this.ofAliases, aliases, () => {
      const place = newPlace();
      for (const alias of aliases) this.byAlias.set(alias, place);
      return place;
    });
  }

  /** What a router asks for; `refused`: its provider passes over it. */
  askedBy({ holder, parts: { tlsOptions } }: Asking): { readonly name: string; readonly refused?: string } {
    if (tlsOptions === undefined || tlsOptions.name === DEFAULT) return { name: DEFAULT };
    if (this.unnamed.has(tlsOptions.name)) return { name: tlsOptions.name };
    if (holder.ref.kind === 'Ingress') {
      const resolved = resolveAnnotated(tlsOptions.name);
      if ('fault' in resolved) return { name: tlsOptions.name };
      return { name: 'foreign' in resolved ? resolved.foreign : shownReference(resolved) };
    }
    const resolved = resolveReference(tlsOptions, holder.namespace, this.options);
    if ('fault' in resolved) return { name: tlsOptions.name, refused: `the TLSOption ${resolved.fault}` };
    return { name: 'foreign' in resolved ? resolved.foreign : shownReference(resolved) };
  }

  private optionsNamed(name: string, why: string): TlsChoice {
    if (name === DEFAULT) return this.usual;
    const unnamed = this.unnamed.get(name);
    if (unnamed) return this.choice(name, unnamed, why);
    const resolved = name.includes('@') ? resolveAnnotated(name) : { key: name };
    if ('foreign' in resolved) return { name, option: undefined, fault: undefined, why };
    const option = 'fault' in resolved ? undefined : this.known.find(resolved);
    return option ? this.choice(name, option, why) : { name, option: undefined, fault: `TLSOption ${name} does not exist`, why };
  }

  private choice(name: string, option: TLSOption | undefined, why: string): TlsChoice {
    return { name, option, fault: option && this.brokenOf(option), why };
  }

  private brokenOf({ namespace, ref, clientAuth }: TLSOption): string | undefined {
    if (!NEEDING.has(clientAuth.type) || clientAuth.secretNames.some((name) => this.hasAuthority(`${namespace}/${name}`))) return undefined;
    return `TLSOption ${namespace}/${ref.name} checks client certificates (\`${clientAuth.type}\`), and no Secret that it names holds \`tls.ca\` or \`ca.crt\``;
  }

  private hasAuthority(secret: string): boolean {
    return this.model.secrets.get(secret)?.keys.some((key) => key === 'tls.ca' || key === 'ca.crt') === true;
  }
}

const newPlace = (): AskedOptions => new Map();

/** `ParseDomains`: the hosts that the rule names. */
function domainsOf(router: HttpRouter): readonly string[] {
  if (router.parts.hosts) return router.parts.hosts;
  if (router.holder.ref.kind !== 'Ingress') return ruleDomains(router.parts.text) ?? [];
  const { host } = router.parts.rule;
  return host === undefined || host.startsWith('*.') ? [] : [host];
}
