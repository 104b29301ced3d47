import type { Direction } from './direction.js';
import type { ActingPolicy, AnyPolicy } from './layer.js';
import type { PolicySettings } from './policy-settings.js';

/** How a policy acts in a direction, under some switches of the profile. */
type Acting<P extends AnyPolicy> = (settings: PolicySettings, policy: P, direction: Direction) => ActingPolicy;

/** The same, worked out once for each policy: policies stay what they are from one model to the next. */
export function oncePerPolicy<P extends AnyPolicy>(make: Acting<P>): Acting<P> {
  const bySettings = new WeakMap<PolicySettings, Readonly<Record<Direction, WeakMap<P, ActingPolicy>>>>();
  return (settings, policy, direction) => {
    let known = bySettings.get(settings);
    if (!known) {
      known = { egress: new WeakMap(), ingress: new WeakMap() };
      bySettings.set(settings, known);
    }
    let acting = known[direction].get(policy);
    if (!acting) {
      acting = make(settings, policy, direction);
      known[direction].set(policy, acting);
    }
    return acting;
  };
}
