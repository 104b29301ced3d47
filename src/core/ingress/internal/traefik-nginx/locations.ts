import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress, IngressBackend, IngressRule } from '../../../resources/ingress.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import type { ServiceBackend } from './backends.js';
import type { Canaries, Canary } from './canaries.js';
import { authFault, ingressFault } from './ingress-faults.js';
import type { HostFacts } from './host-facts.js';
import { type ProviderAnnotations, providerAnnotations } from './provider-annotations.js';
import { hostRules, type Placed } from './rule-text.js';
import type { ProviderSettings } from './settings.js';

/** A path of a host, or what serves the rest of it, with what the annotations of its Ingress ask for. */
export interface Location extends Placed {
  readonly ingress: Ingress;
  readonly annotations: ProviderAnnotations;
  readonly rule: PathRule<Ingress>;
  readonly backend: ServiceBackend;
  /** What its host is called besides, in lower case: one list for all of its Ingress. */
  readonly aliases: readonly string[];
  readonly canary: Canary | undefined;
  readonly appRoot: { readonly path: string; readonly ingress: Ingress } | undefined;
  /** Whose `server-snippet` it runs. */
  readonly serverSnippet: Ingress | undefined;
  readonly redirectsToHttps: boolean;
  /** The annotation that says so. */
  readonly httpsAsked: 'force-ssl-redirect' | 'ssl-redirect';
  /** TLS is passed through: HTTP comes without it alone. */
  readonly passesTls: boolean;
  /** Why Traefik makes no router of it. */
  readonly fault: string | undefined;
  /** Why it cannot be told whether Traefik makes one. */
  readonly doubt: string | undefined;
}

/** What locations are made from. */
export interface Grounds {
  readonly model: NetworkModel;
  readonly settings: ProviderSettings;
  readonly facts: HostFacts;
  readonly canaries: Canaries;
}

type Make = (host: string | undefined, rule: PathRule<Ingress>, backend: ServiceBackend) => Location;

/** What all locations of an Ingress share. `refusal`: why Traefik passes over all of it. */
function makerOf(ingress: Ingress, refusal: string | undefined, { model, settings, facts, canaries }: Grounds): Make {
  const annotations = providerAnnotations(ingress);
  const asked = facts.aliasesOf(ingress);
  const aliases = [...new Set(asked.map((alias) => alias.toLowerCase()))];
  const hostRule = hostRules(asked);
  const https = httpsOf(ingress, annotations);
  const passesTls = annotations.flag('ssl-passthrough') === true;
  const ofAll = refusal ?? ingressFault(model, ingress, annotations, settings) ?? authFault(model, ingress, annotations, settings);
  return (host, rule, backend) => {
    const path = rule.path ?? '';
    const fault = ofAll ?? (rule.fault === undefined ? undefined : `the API server refuses the path: ${rule.fault}`);
    return {
      ingress,
      annotations,
      rule,
      backend,
      host,
      path,
      isExact: rule.pathType === 'Exact',
      hostRule: host === undefined ? undefined : hostRule(host),
      aliases: host === undefined ? [] : aliases,
      isRegex: facts.isRegex(host),
      canary: rule.path === undefined ? undefined : canaries.of(ingress, backend),
      appRoot: appRootOf(ingress, annotations, path, facts.appRootOf(host)),
      serverSnippet: facts.serverSnippetOf(host),
      ...https,
      passesTls,
      fault: fault === undefined ? undefined : `gets no router: ${fault}`,
      doubt: undefined,
    };
  };
}

/** The locations of an Ingress (`build`, third pass): its paths, and for each of its hosts the rest, where it has a default backend. */
export function locationsOf(ingress: Ingress, refusal: string | undefined, grounds: Grounds): readonly Location[] {
  const at = makerOf(ingress, refusal, grounds);
  const rules = ingress.rules.filter(({ host }) => host === undefined || hostFault(host) === undefined);
  const paths = rules.flatMap(({ host, paths: own }) =>
    own.flatMap((path) =>
      path.backend.type === 'service' ? [at(host, pathRule(ingress, host, path, pathFault(path)), path.backend)] : [],
    ),
  );
  return [...paths, ...restOf(ingress, rules, at)];
}

/** What an Ingress without rules serves: everything that nobody else does. */
export function wholeOf(ingress: Ingress, grounds: Grounds): Location | undefined {
  const { defaultBackend } = ingress;
  if (ingress.rules.length > 0 || defaultBackend?.type !== 'service') return undefined;
  const whole = makerOf(ingress, undefined, grounds)(undefined, defaultRule(ingress, undefined, defaultBackend), defaultBackend);
  // Nothing is inherited from other Ingresses, and its TLS is ended.
  return {
    ...whole,
    appRoot: whole.appRoot?.ingress === ingress ? whole.appRoot : undefined,
    serverSnippet: undefined,
    passesTls: false,
  };
}

/** One router of the name is kept for all the hosts of an Ingress, whichever comes last in the order of a Go map. */
const ONE_OF_HOSTS =
  'Traefik calls the routers of the default backend of an Ingress alike, whichever of its hosts they are for, and keeps one of them: which is not stable';

function restOf(ingress: Ingress, rules: readonly IngressRule[], at: Make): readonly Location[] {
  const { defaultBackend } = ingress;
  if (defaultBackend?.type !== 'service') return [];
  const hosts = [...new Set(rules.map(({ host }) => host))];
  return hosts.map((host) => ({
    ...at(host, defaultRule(ingress, host, defaultBackend), defaultBackend),
    doubt: hosts.length > 1 ? ONE_OF_HOSTS : undefined,
  }));
}

/** The default backend of an Ingress as a rule without path. */
export function defaultRule(ingress: Ingress, host: string | undefined, backend: IngressBackend): PathRule<Ingress> {
  return { ingress, pointer: '/spec/defaultBackend', host, path: undefined, pathType: undefined, backend, fault: undefined };
}

/** `buildAppRoot`, `inheritServerAppRoot`: the Ingress's own, and on the root of the host that of the first Ingress that has one. */
function appRootOf(ingress: Ingress, annotations: ProviderAnnotations, path: string, first: Ingress | undefined): Location['appRoot'] {
  const own = annotations.text('app-root') ?? '';
  if (own.startsWith('/')) return { path: own, ingress };
  if (first === undefined || (path !== '/' && path !== '')) return undefined;
  return { path: providerAnnotations(first).text('app-root') ?? '', ingress: first };
}

/** `buildSSLRedirect`: an Ingress with `spec.tls` redirects whatever its hosts are, unless it says otherwise. */
function httpsOf({ tls }: Ingress, annotations: ProviderAnnotations): Pick<Location, 'redirectsToHttps' | 'httpsAsked'> {
  const isForced = annotations.flag('force-ssl-redirect') === true;
  const isAsked = tls.length > 0 && annotations.flag('ssl-redirect') !== false;
  return { redirectsToHttps: isForced || isAsked, httpsAsked: isForced ? 'force-ssl-redirect' : 'ssl-redirect' };
}
