import { inMap } from '../../../kernel/in-map.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { Ingress, IngressBackend, IngressRule } from '../../../resources/ingress.js';
import type { SharedLocationTexts } from '../nginx/location-texts.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf } from '../nginx/uri.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { f5Annotations, servicesListed } from './f5-annotations.js';
import { locationSet } from './f5-choice.js';
import { twiceIn } from './location-twice.js';
import { listeningOfIngress } from './f5-listeners.js';
import type { F5Options } from './f5-options.js';
import {
  type Contested,
  EVERY_OTHER_HOST,
  type F5Pattern,
  type F5Server,
  hostOf,
  isUndecided,
  type LocationSet,
  nothingElse,
  PATHS_IN_A_STEP,
} from './f5-server.js';

/** A path with its backend, before nginx orders it. */
interface Entry {
  readonly rule: PathRule<Ingress>;
  readonly backend: IngressBackend;
  /** The same path of minions of one age with the one that has it. */
  readonly rivals: readonly Entry[];
}

/** The server of one host of an Ingress (nginx/kubernetes-ingress `internal/configs/ingress.go`, `generateNginxCfg`). */
export function* ingressServer(
  ingress: Ingress,
  rule: IngressRule,
  texts: SharedLocationTexts,
  { http2 }: Pick<F5Options, 'http2'>,
): Steps<F5Server> {
  const server = yield* serverOf(ingress, hostOf(rule), allOf(ingress, rule), texts);
  return { ...server, isGrpcOnly: http2 !== false && isGrpcOnly(ingress, rule) };
}

/** The server of a master, with the paths of its minions, the first of which come first (`generateNginxCfgForMergeableIngresses`). */
export function* masterServer(master: Ingress, host: string, minions: readonly Ingress[], texts: SharedLocationTexts): Steps<F5Server> {
  return yield* serverOf(master, host, yield* ownPathsOf(host, minions), texts);
}

/** A rule without paths counts, too, where the annotation is there. */
function isGrpcOnly(ingress: Ingress, { paths }: IngressRule): boolean {
  const ofGrpc = new Set(servicesListed(ingress, 'nginx.org/grpc-services'));
  return ofGrpc.size > 0 && paths.every(({ backend }) => backend.type === 'service' && ofGrpc.has(backend.name));
}

function* allOf(ingress: Ingress, rule: IngressRule): Iterable<Entry> {
  yield* entriesOf(ingress, rule);
  yield* defaultEntry(ingress, rule);
}

function* entriesOf(ingress: Ingress, { host, paths }: IngressRule): Iterable<Entry> {
  for (const path of paths) yield { rule: pathRule(ingress, host, path, pathFault(path)), backend: path.backend, rivals: [] };
}

/** Where no location is `/`, the default backend is; `= /` is another one. */
function defaultEntry(ingress: Ingress, { host, paths }: IngressRule): readonly Entry[] {
  const { defaultBackend: backend } = ingress;
  if (!backend || paths.some(({ path, pathType }) => (path === '/' || path === '') && pathType !== 'Exact')) return [];
  const place = { ingress, pointer: '/spec/defaultBackend', host };
  return [{ rule: { ...place, path: undefined, pathType: undefined, backend, fault: undefined }, backend, rivals: [] }];
}

/** The paths of the minions of a host; each belongs to the minion that comes first, and to nobody where that one has it twice (`buildMinionConfigs` of `internal/k8s/configuration.go`). */
function* ownPathsOf(host: string, minions: readonly Ingress[]): Steps<readonly Entry[]> {
  const claims = new Map<string, Map<Ingress, Entry[]>>();
  yield* forEachInSteps(pathsAt(host, minions), PATHS_IN_A_STEP, (entry) => {
    const claim = inMap(claims, entry.rule.path ?? '', () => new Map<Ingress, Entry[]>());
    inMap(claim, entry.rule.ingress, (): Entry[] => []).push(entry);
  });
  return [...claims.values()].flatMap((claim) => {
    const [first, ...others] = [...claim.values()];
    const [entry, again] = first ?? [];
    if (!entry || again) return [];
    const rivals = others.flatMap(([other, twice]) =>
      other && !twice && isUndecided(entry.rule.ingress, other.rule.ingress) ? [other] : [],
    );
    return [{ ...entry, rivals }];
  });
}

function* pathsAt(host: string, minions: readonly Ingress[]): Iterable<Entry> {
  for (const ingress of minions) for (const rule of ingress.rules) if (hostOf(rule) === host) yield* entriesOf(ingress, rule);
}

function* serverOf(owner: Ingress, host: string, entries: Iterable<Entry>, texts: SharedLocationTexts): Steps<F5Server> {
  const located: (Located & { readonly entry: Entry })[] = [];
  yield* forEachInSteps(entries, PATHS_IN_A_STEP, (entry) => {
    if (isUsed(entry)) located.push({ entry, ...locatedAs(entry, located.length) });
  });
  const all = setOf(located);
  return {
    owner,
    host,
    ...all,
    texts: texts.of(all.locations),
    places: new Map(),
    contested: contestedOf(located),
    // The default server ends TLS whatever an Ingress says (`-default-server-tls-secret`).
    endsTls: host === EVERY_OTHER_HOST || owner.tls.some(({ hosts }) => hosts.some((name) => name.toLowerCase() === host)),
    listening: listeningOfIngress(owner),
    isGrpcOnly: false,
    twice: twiceIn(all.locations),
    ...nothingElse(),
  };
}

const isUsed = ({ rule }: Entry) => rule.fault === undefined;

/** A path as nginx gets it: a text, or an expression. */
interface Located {
  readonly location: Location;
  readonly pattern: F5Pattern | undefined;
}

function locatedAs(entry: Entry, place: number): Located {
  const mode = f5Annotations(entry.rule.ingress).pathRegex;
  const location = locationOf(entry);
  if (mode === undefined || mode === 'exact') return { location, pattern: undefined };
  return { location, pattern: { location, place, expression: `^${location.text}`, ignoreCase: mode === 'case_insensitive' } };
}

const setOf = (located: readonly Located[]): LocationSet =>
  locationSet(
    located.flatMap(({ location, pattern }) => (pattern ? [] : [location])),
    located.flatMap(({ pattern }) => pattern ?? []),
  );

function contestedOf(located: readonly (Located & { readonly entry: Entry })[]): Contested | undefined {
  const open = located.filter(({ entry }) => entry.rivals.length > 0);
  if (open.length === 0) return undefined;
  return {
    claims: open.map((one) => [
      setOf([one]),
      ...one.entry.rivals.filter(isUsed).map((rival) => setOf([locatedAs(rival, one.pattern?.place ?? 0)])),
    ]),
    settled: setOf(located.filter(({ entry }) => entry.rivals.length === 0)),
  };
}

/** `generateIngressPath`: `= /path` for Exact, the path as it stands for every other type. */
function locationOf({ rule, backend }: Entry): Location {
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
