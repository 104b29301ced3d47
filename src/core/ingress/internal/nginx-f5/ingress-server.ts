import { inMap } from '../../../kernel/in-map.js';
import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { Ingress, IngressBackend, IngressRule } from '../../../resources/ingress.js';
import type { SharedLocationTexts } from '../nginx/location-texts.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf } from '../nginx/uri.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { f5Annotations } from './f5-annotations.js';
import { locationSet } from './f5-choice.js';
import { type Contested, type F5Pattern, type F5Server, isUndecided, type LocationSet, nothingElse } from './f5-server.js';

/** A path with its backend, before nginx orders it. */
interface Entry {
  readonly rule: PathRule<Ingress>;
  readonly backend: IngressBackend;
  /** The same path of minions of one age with the one that has it. */
  readonly rivals: readonly Entry[];
}

/** The server of one host of an Ingress (nginx/kubernetes-ingress `internal/configs/ingress.go`, `generateNginxCfg`). */
export function ingressServer(ingress: Ingress, rule: IngressRule, texts: SharedLocationTexts): F5Server {
  return serverOf(ingress, rule.host ?? '', [...entriesOf(ingress, rule), ...defaultEntry(ingress, rule)], texts);
}

/** The server of a master, with the paths of its minions, the first of which come first (`generateNginxCfgForMergeableIngresses`). */
export function masterServer(master: Ingress, host: string, minions: readonly Ingress[], texts: SharedLocationTexts): F5Server {
  return serverOf(master, host, ownPathsOf(host, minions), texts);
}

function entriesOf(ingress: Ingress, { host, paths }: IngressRule): readonly Entry[] {
  return paths.map((path) => ({ rule: pathRule(ingress, host, path, pathFault(path)), backend: path.backend, rivals: [] }));
}

/** Where no location is `/`, the default backend is; `= /` is another one. */
function defaultEntry(ingress: Ingress, { host, paths }: IngressRule): readonly Entry[] {
  const { defaultBackend: backend } = ingress;
  if (!backend || paths.some(({ path, pathType }) => (path === '/' || path === '') && pathType !== 'Exact')) return [];
  const place = { ingress, pointer: '/spec/defaultBackend', host };
  return [{ rule: { ...place, path: undefined, pathType: undefined, backend, fault: undefined }, backend, rivals: [] }];
}

/** The paths of the minions of a host; each belongs to the minion that comes first, and to nobody where that one has it twice (`buildMinionConfigs` of `internal/k8s/configuration.go`). */
function ownPathsOf(host: string, minions: readonly Ingress[]): readonly Entry[] {
  const claims = new Map<string, Map<Ingress, Entry[]>>();
  for (const ingress of minions) {
    const own = ingress.rules.flatMap((rule) => (rule.host === host ? entriesOf(ingress, rule) : []));
    for (const entry of own) {
      const claim = inMap(claims, entry.rule.path ?? '', () => new Map<Ingress, Entry[]>());
      inMap(claim, ingress, (): Entry[] => []).push(entry);
    }
  }
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

function serverOf(owner: Ingress, host: string, entries: readonly Entry[], texts: SharedLocationTexts): F5Server {
  const located = entries.filter(isUsed).map((entry, place) => ({ entry, ...locatedAs(entry, place) }));
  const all = setOf(located);
  return {
    owner,
    host,
    ...all,
    texts: texts.of(all.locations),
    places: new Map(),
    contested: contestedOf(located),
    endsTls: owner.tls.some(({ hosts }) => hosts.some((name) => name.toLowerCase() === host)),
    listening: 'usual',
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
