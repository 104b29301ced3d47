import { inMap } from '../../../kernel/in-map.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import type { F5Policies, NamedOutcome, PolicySet } from './f5-policies.js';
import type { F5Server } from './f5-server.js';

const firsts = new WeakMap<F5Server, { readonly name: string | undefined }>();

/** "Only one oidc policy is allowed in a VirtualServer and its VirtualServerRoutes" (`addOIDCConfig` of nginx/kubernetes-ingress `internal/configs/policy.go`): where another one is named nginx answers 500. */
export function secondOidc(policies: F5Policies, server: F5Server, set: PolicySet): string | undefined {
  const own = oidcOf(set);
  const first = own === undefined ? undefined : inMap(firsts, server, () => ({ name: firstOidc(policies, server) })).name;
  return own === first ? undefined : `Policy ${own} asks for OpenID Connect, and so does ${first} elsewhere in the VirtualServer`;
}

/** In the order of the controller: that of the whole, then those of routes, then those of subroutes. */
function firstOidc(policies: F5Policies, { owner, places, endsTls }: F5Server): string | undefined {
  const nameOf = (outcome: NamedOutcome) => (outcome.fault ? undefined : oidcOf(outcome.set));
  const ofWhole = owner.kind === 'VirtualServer' ? nameOf(policies.ofServer(owner, endsTls)) : undefined;
  if (ofWhole !== undefined) return ofWhole;
  for (const place of places.values()) {
    const name = nameOf(policies.of(place.policies, endsTls));
    if (name !== undefined) return name;
  }
  return undefined;
}

function oidcOf(set: PolicySet): string | undefined {
  const [used] = set.get('oidc') ?? [];
  return used && qualifiedName(used.policy.ref);
}
