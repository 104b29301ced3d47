import type { Ingress, IngressPath, IngressRule } from '../../resources/ingress.js';
import type { HostStep } from './dialect.js';
import { pathFault, type PathRule } from './path-rule.js';
import { PathIndex } from './path-index.js';
import { hostFault, parentDomain, type RequestHost } from './request-host.js';

/** Every rule of one host, indexed for matching. */
export interface HostGroup extends HostStep {
  readonly rules: PathRule[];
  /** Valid paths of type Exact and Prefix. */
  readonly paths: PathIndex;
  /** Valid paths of type ImplementationSpecific. */
  readonly open: PathRule[];
  /** Rules without an `http` part. */
  readonly whole: PathRule[];
  /** The Ingresses that hold a rule for this host, in the model's order. */
  readonly holders: Ingress[];
}

/** The rules of a list of Ingresses by host (rules A3 to A5): precise names, wildcards by the domain behind `*.`, and rules for every host. */
export class HostTable {
  private readonly precise = new Map<string, HostGroup>();
  private readonly wildcard = new Map<string, HostGroup>();
  private any: HostGroup | undefined;
  /** Ingresses that have a default backend, in the model's order. */
  readonly defaults: readonly Ingress[];

  constructor(ingresses: readonly Ingress[]) {
    this.defaults = ingresses.filter((ingress) => ingress.defaultBackend !== undefined);
    for (const ingress of ingresses) for (const rule of ingress.rules) this.add(ingress, rule);
  }

  /** The hosts that rules name. */
  get hosts(): readonly string[] {
    return [...this.precise.keys(), ...[...this.wildcard.keys()].map((domain) => `*.${domain}`)];
  }

  /** The groups that cover a host, the most specific first. No host rule can name an address. */
  groupsFor(host: RequestHost): readonly HostGroup[] {
    const groups: HostGroup[] = [];
    if (!host.isAddress) {
      const precise = this.precise.get(host.name);
      if (precise) groups.push(precise);
      const domain = this.wildcard.size === 0 ? undefined : parentDomain(host.name);
      const wildcard = domain === undefined ? undefined : this.wildcard.get(domain);
      if (wildcard) groups.push(wildcard);
    }
    if (this.any) groups.push(this.any);
    return groups;
  }

  private add(ingress: Ingress, rule: IngressRule): void {
    if (rule.host !== undefined && hostFault(rule.host) !== undefined) return; // matches nothing; near misses name it
    const group = this.groupOf(rule.host);
    if (group.holders.at(-1) !== ingress) group.holders.push(ingress);
    for (const path of rule.paths) {
      const entry = ruleOf(ingress, rule.host, path);
      group.rules.push(entry);
      if (entry.fault !== undefined) continue;
      if (path.pathType === 'ImplementationSpecific') group.open.push(entry);
      else group.paths.add(entry, path.path);
    }
    if (rule.hasHttp) return;
    const whole: PathRule = {
      ingress,
      pointer: rule.pointer,
      host: rule.host,
      path: undefined,
      pathType: undefined,
      backend: ingress.defaultBackend,
      fault: undefined,
    };
    group.rules.push(whole);
    group.whole.push(whole);
  }

  private groupOf(host: string | undefined): HostGroup {
    if (host === undefined) return (this.any ??= newGroup(undefined, 'any'));
    const [kind, groups, key] = host.startsWith('*.')
      ? (['wildcard', this.wildcard, host.slice(2)] as const)
      : (['precise', this.precise, host] as const);
    const known = groups.get(key);
    if (known) return known;
    const group = newGroup(host, kind);
    groups.set(key, group);
    return group;
  }
}

/** Member by member, for there are as many as paths: an object that a spread began keeps what is added to it beside itself. */
function ruleOf(ingress: Ingress, host: string | undefined, path: IngressPath): PathRule {
  return { ingress, pointer: path.pointer, host, path: path.path, pathType: path.pathType, backend: path.backend, fault: pathFault(path) };
}

function newGroup(host: string | undefined, kind: HostStep['kind']): HostGroup {
  return { host, kind, rules: [], paths: new PathIndex(), open: [], whole: [], holders: [] };
}
