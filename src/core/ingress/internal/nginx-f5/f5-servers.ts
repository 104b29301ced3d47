import { pathFault } from '../../../resources/ingress-path-fault.js';
import { inMap } from '../../../kernel/in-map.js';
import type { Ingress, IngressBackend, IngressRule } from '../../../resources/ingress.js';
import { SharedLocationTexts } from '../nginx/location-texts.js';
import type { Location, NginxServer } from '../nginx/servers.js';
import { bytesOf } from '../nginx/uri.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { f5Annotations } from './f5-annotations.js';
import { f5Fault } from './f5-validation.js';

/** A server of the controller: one host, which belongs to one Ingress (or to a master and its minions). */
export interface F5Server extends NginxServer {
  readonly owner: Ingress;
  /** Locations that are expressions, in the order in which nginx tries them; `ignoreCase` as the annotation says. */
  readonly patterns: readonly { readonly location: Location; readonly ignoreCase: boolean }[];
}

/** An Ingress, or a host of it, that is not served, and why. */
export interface Refused {
  readonly ingress: Ingress;
  readonly host: string | undefined;
  readonly reason: 'INGRESS_REFUSED' | 'HOST_TAKEN' | 'MASTER_MISSING';
  readonly message: string;
  /** Who has the host. */
  readonly holder: Ingress | undefined;
}

/** Every host with its server, and what is not served (nginx/kubernetes-ingress `internal/k8s/configuration.go`, `validation.go`, `internal/configs/ingress.go`). */
export class F5Servers {
  readonly servers = new Map<string, F5Server>();
  readonly refused: Refused[] = [];
  private readonly texts = new SharedLocationTexts();
  /** Claims to a host that another Ingress has, which neither age nor UID decides. */
  private readonly contested = new Map<string, { readonly ingress: Ingress; readonly rule: IngressRule }[]>();
  private readonly rivals = new Map<string, readonly F5Server[]>();
  private readonly minions = new Map<string | undefined, Ingress[]>();

  constructor(members: readonly Ingress[]) {
    const ordered = members.toSorted(compareClaims).filter((ingress) => this.isValid(ingress));
    const minions = ordered.filter((ingress) => kindOf(ingress) === 'minion');
    for (const ingress of minions) inMap(this.minions, ingress.rules[0]?.host, (): Ingress[] => []).push(ingress);
    for (const ingress of ordered) if (kindOf(ingress) !== 'minion') for (const rule of ingress.rules) this.claim(ingress, rule);
    for (const ingress of minions) this.withoutMaster(ingress);
  }

  /** The servers of those who may have the host as well. */
  rivalsFor(host: string): readonly F5Server[] {
    return inMap(this.rivals, host, () => (this.contested.get(host) ?? []).map(({ ingress, rule }) => this.serverOf(ingress, rule)));
  }

  private isValid(ingress: Ingress): boolean {
    const message = f5Fault(ingress);
    if (message !== undefined) this.refused.push({ ingress, host: undefined, reason: 'INGRESS_REFUSED', message, holder: undefined });
    return message === undefined;
  }

  /** A host belongs to the Ingress that comes first; the others get nothing of it. */
  private claim(ingress: Ingress, rule: IngressRule): void {
    const host = rule.host ?? '';
    const holder = this.servers.get(host)?.owner;
    if (holder) {
      const message = `host \`${host}\` belongs to Ingress ${holder.namespace}/${holder.ref.name}, which comes first`;
      this.refused.push({ ingress, host, reason: 'HOST_TAKEN', message, holder });
      if (isUndecided(ingress, holder))
        inMap(this.contested, host, (): { ingress: Ingress; rule: IngressRule }[] => []).push({ ingress, rule });
      return;
    }
    this.servers.set(host, this.serverOf(ingress, rule));
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
    if (server && kindOf(server.owner) === 'master') return;
    const message = `no Ingress of type master has host \`${host ?? ''}\``;
    this.refused.push({ ingress, host, reason: 'MASTER_MISSING', message, holder: server?.owner });
  }
}

/** `chooseObjectMetaWinner`: the older one, of equal age the one with the larger UID. */
function compareClaims(a: Ingress, b: Ingress): number {
  const [left, right] = [a.uid ?? '', b.uid ?? ''];
  return ageOf(a) - ageOf(b) || (left > right ? -1 : left < right ? 1 : 0);
}

/** Whether it cannot be told which of two comes first. */
export function isUndecided(a: Ingress, b: Ingress): boolean {
  return ageOf(a) === ageOf(b) && (a.uid === undefined || b.uid === undefined);
}

function ageOf({ createdAt }: Ingress): number {
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
  const tls = owner.tls.some(({ hosts }) => hosts.some((name) => name.toLowerCase() === host)) ? owner : undefined;
  return {
    owner,
    host,
    locations: plain,
    texts: texts.of(plain),
    appRoot: undefined,
    patterns: patterns.map(({ mode, location }) => ({ location, ignoreCase: mode === 'case_insensitive' })),
    aliases: [],
    isRegex: false,
    wwwRedirect: false,
    passesTls: false,
    tls,
    taken: new Map(),
    certificateAskers: [],
    canaries: new Set(),
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
