import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { TLSOption } from '../../../resources/traefik.js';
import { quoteGoString } from '../../../traefik-rule/go-string.js';
import { compileRule } from '../../../traefik-rule/compile-rule.js';
import { hostFault, parentDomain } from '../request-host.js';
import { entryPointFor } from '../traefik/entry-points.js';
import type { HttpRouter } from '../traefik/http-router.js';
import { StreamRouter } from '../traefik/stream-router.js';
import { ProviderBackends, type ServiceBackend } from './backends.js';
import { Canaries, type CanaryFate } from './canaries.js';
import { claimedIngresses } from './claimed.js';
import { HostFacts } from './host-facts.js';
import { defaultRule, type Grounds, type Location, locationsOf } from './locations.js';
import { pathRule } from '../path-rule.js';
import { providerAnnotations } from './provider-annotations.js';
import { appRootRouters, type RouterGrounds, routersOf, wwwRouters } from './routers.js';
import { globalDefault } from './global-default.js';
import { providerSettings } from './settings.js';

/** What the provider `kubernetesIngressNGINX` of Traefik makes of the Ingresses of a class (`pkg/provider/kubernetes/ingress-nginx`). */
export interface NginxProvider {
  readonly members: readonly Ingress[];
  readonly routers: readonly HttpRouter[];
  /** Of connections whose TLS is passed through. */
  readonly streams: readonly StreamRouter[];
  /** What is asked of clients' certificates, by the names that routers call it by. */
  readonly tlsOptions: ReadonlyMap<string, TLSOption>;
  /** The Ingresses whose certificates Traefik has. */
  readonly offering: readonly Ingress[];
  /** The paths of canaries for a host, as requests name it. */
  readonly canariesOf: (name: string) => readonly CanaryFate[];
  /** Ingresses that Traefik makes nothing of. */
  readonly passedOver: ReadonlyMap<Ingress, string>;
  /** Of the Traefik that is asked about, where it is told. */
  readonly version: string | undefined;
}

/** So many Ingresses, or paths of theirs, are read in one step. */
const INGRESSES = 25;
const LOCATIONS = 250;

/** Reads the Ingresses of a class as the provider does. `precedence`: its rank among the providers, for routers of one priority. */
export function* nginxProvider(model: NetworkModel, className: string | undefined, precedence: number): Steps<NginxProvider> {
  const settings = providerSettings(model, className);
  const { all, regular, canaries: others, refused } = yield* claimedIngresses(model, className, settings);
  const backends = new ProviderBackends(model, settings);
  const facts = new HostFacts();
  yield* forEachInSteps(regular, INGRESSES, (ingress) => facts.add(ingress));
  const canaries = new Canaries(regular, others, (ingress, annotations, backend) => backends.hasServers(ingress, annotations, backend));
  const grounds: Grounds = { model, settings, facts, canaries };
  const tlsOptions = new Map<string, TLSOption>();
  const making: RouterGrounds = { settings, facts, backends, precedence, tlsOptionOf: (location) => tlsOptionOf(location, tlsOptions) };
  yield;
  const locations: Location[] = [];
  const locate = (ingress: Ingress, why: string | undefined) => {
    for (const location of locationsOf(ingress, why, grounds)) locations.push(location);
  };
  yield* forEachInSteps(regular, INGRESSES, (ingress) => locate(ingress, undefined));
  const ofRegular = locations.length;
  yield* forEachInSteps(refused, INGRESSES, ([ingress, why]) => locate(ingress, why));
  const routers: HttpRouter[] = [];
  const made = (more: readonly HttpRouter[]) => {
    for (const router of more) routers.push(router);
  };
  yield* forEachInSteps(locations, LOCATIONS, (location) => made(routersOf(location, making)));
  for (const more of [wwwRouters(making), appRootRouters(making)])
    yield* forEachInSteps(locations.slice(0, ofRegular), LOCATIONS, (location) => made(more(location)));
  made(globalDefault(regular, grounds, making));
  yield;
  return {
    members: all,
    routers,
    streams: regular.flatMap((ingress) => passingRouters(ingress, backends)),
    tlsOptions,
    offering: regular,
    canariesOf: canariesByHost(canaries.fates),
    passedOver: refused,
    version: settings.version,
  };
}

function canariesByHost(fates: readonly CanaryFate[]): NginxProvider['canariesOf'] {
  const byHost = new Map<string | undefined, CanaryFate[]>();
  for (const fate of fates) {
    const host = fate.rule.host?.toLowerCase();
    const list = byHost.get(host);
    if (list) list.push(fate);
    else byHost.set(host, [fate]);
  }
  return (name) => [name, `*.${parentDomain(name) ?? ''}`, undefined].flatMap((host) => byHost.get(host) ?? []);
}

const CLIENT_AUTH: ReadonlyMap<string, string> = new Map([
  ['off', 'NoClientCert'],
  ['optional', 'VerifyClientCertIfGiven'],
  ['optional_no_ca', 'RequestClientCert'],
]);

/** `auth-tls-secret`: one TLSOption for each Secret and way of checking (`clientAuthTypeFromString`). */
function tlsOptionOf({ ingress, annotations, fault }: Location, known: Map<string, TLSOption>): string | undefined {
  const secret = annotations.text('auth-tls-secret');
  if (secret === undefined || fault !== undefined) return undefined;
  const type = CLIENT_AUTH.get(annotations.text('auth-tls-verify-client') ?? '') ?? 'RequireAndVerifyClientCert';
  const name = `${secret} ${type}`;
  const [namespace = '', secretName = ''] = secret.split('/');
  if (!known.has(name)) {
    const { ref, labels, createdAt, owners } = ingress;
    const own = { ref, labels, annotations: {}, createdAt, owners, defaulted: [] };
    known.set(name, { ...own, kind: 'TLSOption', namespace, sniStrict: false, clientAuth: { type, secretNames: [secretName] } });
  }
  return name;
}

/** `ssl-passthrough`: the TLS of a host goes to the backend of its path `/`, or to the default backend where its rule has no paths. */
function passingRouters(ingress: Ingress, backends: ProviderBackends): readonly StreamRouter[] {
  const annotations = providerAnnotations(ingress);
  if (annotations.flag('ssl-passthrough') !== true) return [];
  return ingress.rules.flatMap(({ host, hasHttp, paths }) => {
    const root = paths.find(({ path }) => path === '/');
    const backend = hasHttp ? root?.backend : ingress.defaultBackend;
    if (host === undefined || hostFault(host) !== undefined || backend?.type !== 'service') return [];
    const rule = root ? pathRule(ingress, host, root, undefined) : defaultRule(ingress, host, backend);
    const target = () => droppedIfMissing(backends, ingress, backend);
    const text = `HostSNI(${quoteGoString(host)})`;
    const parts = {
      rule,
      text,
      entryPoints: entryPointFor.https,
      tls: { passthrough: true },
      tlsOptions: undefined,
      middlewares: [],
      services: [],
      fault: undefined,
      target,
    };
    return [new StreamRouter(parts, 0, compileRule(text, 'tcp-v3'))];
  });
}

/** Where the Service or its port is missing there is no router; without endpoints there is one. */
function droppedIfMissing(backends: ProviderBackends, ingress: Ingress, backend: ServiceBackend) {
  const target = backends.target(ingress, providerAnnotations(ingress), backend, 'ROUTED');
  const isMissing = target.failure === 'SERVICE_MISSING' || target.failure === 'PORT_MISSING';
  const last = target.steps.findLast(({ outcome }) => outcome === 'no-match');
  return isMissing ? { ...target, dropped: { reason: target.failure, message: last?.message ?? 'no Service serves it' } } : target;
}
