import type { Direction } from './direction.js';
import type { ActingPolicy, AnyPolicy } from './layer.js';
import type { PolicySettings } from './policy-settings.js';

/** How a policy acts in a direction, under some switches of the profile. */
type Acting<P extends AnyPolicy> = (settings: PolicySettings, policy: P, direction: Direction) => ActingPolicy;

/** The same, worked out once for each policy while the switches stay as they are. */
export function oncePerPolicy<P extends AnyPolicy>(make: Acting<P>): Acting<P> {
  const known = new WeakMap<P, { readonly settings: PolicySettings } & Partial<Record<Direction, ActingPolicy>>>();
  return (settings, policy, direction) => {
    let both = known.get(policy);
    if (both?.settings !== settings) {
      both = { settings, egress: undefined, ingress: undefined };
      known.set(policy, both);
    }
    return (both[direction] ??= make(settings, policy, direction));
  };
}
