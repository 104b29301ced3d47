import { inMap } from '../../../kernel/in-map.js';
import type { Ingress, IngressPath, IngressRule } from '../../../resources/ingress.js';
import { annotationsOf } from './annotations.js';
import type { PathRefusal } from './inspection.js';
import { pathOf } from './servers.js';

const CANARY = 'nginx.ingress.kubernetes.io/canary';

type Location = Readonly<Record<'Exact' | 'Prefix', Ingress[]>>;

/**
 * Whose paths others have already: the webhook of ingress-nginx does not let such an Ingress be written (rule B6; `CheckIngress`, `checkOverlap` of
 * `internal/ingress/controller/controller.go`). It goes over the paths in their order and stops at the first at which the Ingress has a location of its own: what comes behind is let through.
 */
export class Overlaps {
  /** Rules of those that have locations at a host, the first in the order of the controller first. */
  private readonly owners = new Map<string, (readonly [Ingress, IngressRule])[]>();
  /** By host and path, for hosts that others than their only owner ask about. */
  private readonly locations = new Map<string, ReadonlyMap<string, Location>>();

  /** `regular`: those that the controller takes, the first in its order first. Canaries have no locations. */
  constructor(regular: readonly Ingress[]) {
    for (const ingress of regular) {
      if (annotationsOf(ingress).canary) continue;
      for (const rule of ingress.rules) inMap(this.owners, rule.host ?? '', (): [Ingress, IngressRule][] => []).push([ingress, rule]);
    }
  }

  refusal(ingress: Ingress): (PathRefusal & { readonly holder: Ingress }) | undefined {
    for (const [rule, path] of pathsOf(ingress)) {
      if (path.backend.type !== 'service') continue;
      if (this.isOnlyOwner(ingress, rule)) return undefined;
      const holders = this.holders(ingress, rule, path);
      if (holders.includes(ingress)) return undefined;
      const holder = holders.find((other) => overlaps(ingress, other));
      if (!holder) continue;
      const message = `the webhook of ingress-nginx refuses the Ingress when it is written: host \`${rule.host ?? '_'}\` and path \`${path.path}\` are already defined in Ingress ${holder.namespace}/${holder.ref.name}`;
      return { pointer: `${path.pointer}/path`, message, holder };
    }
    return undefined;
  }

  /** The first and the last of them are: they come in the order of their Ingresses. */
  private isOnlyOwner(ingress: Ingress, { host = '' }: IngressRule): boolean {
    const owners = this.owners.get(host);
    return owners?.[0]?.[0] === ingress && owners.at(-1)?.[0] === ingress;
  }

  private at(host: string): ReadonlyMap<string, Location> {
    return inMap(this.locations, host, () => locationsOf(this.owners.get(host) ?? []));
  }

  /** Who has the locations of a path once the Ingress is written, which comes last then. A prefix stands under its own path where no exact one does, where it ends in `/` and on expressions (`updateServerLocations`). */
  private holders(ingress: Ingress, rule: IngressRule, path: IngressPath): readonly Ingress[] {
    const owners = this.at(rule.host ?? '').get(pathOf(path));
    const own = typeOf(path);
    const isRegular = annotationsOf(ingress).canary === undefined;
    const ownerOf = (type: 'Exact' | 'Prefix') =>
      owners?.[type].find((other) => other !== ingress) ??
      (isRegular && (type === own || owners?.[type].includes(ingress)) ? ingress : undefined);
    const [exact, prefix] = [ownerOf('Exact'), ownerOf('Prefix')];
    const isListed =
      exact === undefined || path.path === '' || path.path.endsWith('/') || (prefix !== undefined && isExpression(prefix, path));
    return [exact, isListed ? prefix : undefined].filter((one) => one !== undefined);
  }
}

function locationsOf(rules: readonly (readonly [Ingress, IngressRule])[]): ReadonlyMap<string, Location> {
  const locations = new Map<string, Location>();
  for (const [ingress, rule] of rules) {
    for (const path of rule.paths) {
      const owners = inMap(locations, pathOf(path), (): Location => ({ Exact: [], Prefix: [] }))[typeOf(path)];
      // of those behind the first two nobody gets the location, whoever is written
      if (owners.length < 2 && owners.at(-1) !== ingress) owners.push(ingress);
    }
  }
  return locations;
}

function* pathsOf({ rules }: Ingress): Iterable<readonly [IngressRule, IngressPath]> {
  for (const rule of rules) for (const path of rule.paths) yield [rule, path];
}

/** ImplementationSpecific is Prefix (rule B5). */
function typeOf({ pathType }: IngressPath): 'Exact' | 'Prefix' {
  return pathType === 'Exact' ? 'Exact' : 'Prefix';
}

function isExpression(ingress: Ingress, { path }: IngressPath): boolean {
  const { useRegex, rewriteTarget } = annotationsOf(ingress);
  return useRegex || (rewriteTarget !== '' && rewriteTarget !== path);
}

/** Both are canaries, or neither says anything of it: `canary: "false"` is let through. */
function overlaps(a: Ingress, b: Ingress): boolean {
  const isCanary = (one: Ingress) => annotationsOf(one).canary !== undefined;
  const isSilent = (one: Ingress) => !Object.hasOwn(one.annotations, CANARY);
  return (isCanary(a) && isCanary(b)) || (isSilent(a) && isSilent(b));
}
