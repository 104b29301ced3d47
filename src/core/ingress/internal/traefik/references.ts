import type { TraefikReference } from '../../../resources/traefik-reference.js';
import { NearNames } from '../near-names.js';
import type { TraefikOptions } from './options.js';

/** What a name of another object comes to: `namespace/name`, an object of another provider, or why Traefik refuses it. */
export type Resolved = { readonly key: string } | { readonly dashed: string } | { readonly foreign: string } | { readonly fault: string };

const OWN_PROVIDER = '@kubernetescrd';

/** Resolves a reference out of a namespace (`resolveReference`, `isNamespaceAllowed` of `pkg/provider/kubernetes/crd/kubernetes.go`). */
export function resolveReference(
  { name, namespace }: Pick<TraefikReference, 'name' | 'namespace'>,
  parent: string,
  { allowCrossNamespace, crossProviderNamespaces }: Pick<TraefikOptions, 'allowCrossNamespace' | 'crossProviderNamespaces'>,
): Resolved {
  const isOfProvider = name.includes('@');
  if (isOfProvider && crossProviderNamespaces?.includes(parent) === false)
    return { fault: `\`${name}\` is not allowed: the namespace \`${parent}\` is not in \`crossProviderNamespaces\`` };
  if (name.endsWith(OWN_PROVIDER)) {
    if (allowCrossNamespace) return { dashed: dashed(name.slice(0, -OWN_PROVIDER.length)) };
    return { fault: `\`${name}\` is not allowed: the form \`namespace-name${OWN_PROVIDER}\` needs \`allowCrossNamespace\`` };
  }
  if (isOfProvider) return { foreign: name };
  const own = namespace ?? parent;
  if (own === parent || allowCrossNamespace) return { key: `${own}/${name}` };
  return {
    fault: `\`${own}/${name}\` is not in the namespace \`${parent}\` of the object that names it, which needs \`allowCrossNamespace\``,
  };
}

/** Resolves what an annotation of an Ingress names: always an object of some provider. */
export function resolveAnnotated(name: string): Resolved {
  if (name.endsWith(OWN_PROVIDER)) return { dashed: dashed(name.slice(0, -OWN_PROVIDER.length)) };
  if (name.includes('@')) return { foreign: name };
  return { fault: `\`${name}\` names no provider: write \`namespace-${name}${OWN_PROVIDER}\`` };
}

/** `provider.Normalize`: what is neither letter nor digit becomes one `-`. */
function dashed(text: string): string {
  return text
    .split(/[^\p{L}\p{Nd}]+/u)
    .filter((part) => part !== '')
    .join('-');
}

/** Finds an object by what a reference came to; undefined where there is none. */
export class ByReference<T extends { readonly namespace: string; readonly ref: { readonly name: string } }> {
  private readonly byDashed: ReadonlyMap<string, T>;
  private readonly near: NearNames;

  constructor(private readonly byName: ReadonlyMap<string, T>) {
    this.near = new NearNames([...byName.keys()]);
    this.byDashed = new Map([...byName.values()].map((one) => [dashed(`${one.namespace}-${one.ref.name}`), one]));
  }

  find(resolved: { readonly key: string } | { readonly dashed: string }): T | undefined {
    return 'key' in resolved ? this.byName.get(resolved.key) : this.byDashed.get(resolved.dashed);
  }

  /** What to say behind the name of one that does not exist: the nearest that does. */
  nearest(shown: string): string {
    const hint = this.near.hintFor(shown);
    return hint === undefined ? '' : ` (${hint})`;
  }
}

/** How messages show it. */
export function shownReference(resolved: { readonly key: string } | { readonly dashed: string }): string {
  return 'key' in resolved ? resolved.key : `${resolved.dashed}${OWN_PROVIDER}`;
}
