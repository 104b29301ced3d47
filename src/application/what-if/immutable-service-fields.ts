import type { JsonObject } from '../../core/kernel/json.js';
import type { Fault } from './api-refusal.js';
import { isExternalName, isHeadless, policyOf, serviceAddressTexts, textsIn } from './service-spec.js';

/** What `ValidateServiceUpdate` and `updateHealthCheckNodePort` of Kubernetes refuse, of the specs of a Service before and after; the later one has what it was given before (`updatedObject`). */
export function immutableServiceField(now: JsonObject, old: JsonObject): Fault | undefined {
  return clusterIPFault(now, old) ?? familyFault(now, old) ?? classFault(now, old) ?? healthPortFault(now, old);
}

/** `validateUpgradeDowngradeClusterIPs`: of addresses that both have, each stays; a second one may come, and go where the policy says so. */
function clusterIPFault(now: JsonObject, old: JsonObject): Fault | undefined {
  if (isExternalName(now) || isExternalName(old) || (isHeadless(now) && isHeadless(old))) return undefined;
  // An address that was given and is not stored was one all the same.
  if (isHeadless(now) && !isHeadless(old)) return changedAt('clusterIPs', 0, serviceAddressTexts(old)[0] ?? 'an address', 'None');
  const [addresses, before] = [serviceAddressTexts(now), serviceAddressTexts(old)];
  return firstChanged(addresses, before, 'clusterIPs') ?? released(now, addresses, before, 'clusterIP');
}

/** `validateUpgradeDowngradeIPFamilies`: of Services with addresses; those of others may change. */
function familyFault(now: JsonObject, old: JsonObject): Fault | undefined {
  if (isExternalName(now) || isExternalName(old) || isHeadless(now) || isHeadless(old)) return undefined;
  const [families, before] = [textsIn(now['ipFamilies']), textsIn(old['ipFamilies'])];
  return firstChanged(families, before, 'ipFamilies') ?? released(now, families, before, 'ipFamily');
}

function firstChanged(now: readonly string[], old: readonly string[], name: string): Fault | undefined {
  const index = old.findIndex((value, at) => now[at] !== undefined && now[at] !== value);
  return index < 0 ? undefined : changedAt(name, index, old[index], now[index]);
}

function changedAt(name: string, index: number, before: string | undefined, value: string | undefined): Fault {
  return {
    pointer: `/spec/${name}/${index}`,
    message: `may not change once set, and \`${before}\` is not \`${value}\``,
    code: 'immutable',
  };
}

function released(now: JsonObject, values: readonly string[], before: readonly string[], what: string): Fault | undefined {
  if (values.length !== 1 || before.length < 2 || policyOf(now) === 'SingleStack') return undefined;
  return { pointer: '/spec/ipFamilyPolicy', message: `must be set to 'SingleStack' when releasing the secondary ${what}` };
}

/** `validateLoadBalancerClassField`: one may neither come, go nor change while the type stays. */
function classFault(now: JsonObject, old: JsonObject): Fault | undefined {
  if (now['type'] !== 'LoadBalancer' || old['type'] !== 'LoadBalancer') return undefined;
  const [name, before] = [now, old].map(({ loadBalancerClass }) => (typeof loadBalancerClass === 'string' ? loadBalancerClass : 'none'));
  if (name === before) return undefined;
  const message = `may not change once set, and \`${before}\` is not \`${name}\``;
  return { pointer: '/spec/loadBalancerClass', message, code: 'immutable' };
}

function healthPortFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const [port, before] = [now['healthCheckNodePort'], old['healthCheckNodePort']];
  if (!isHealthChecked(now) || !isHealthChecked(old) || !port || !before || port === before) return undefined;
  const message = 'cannot change healthCheckNodePort on loadBalancer service with externalTraffic=Local during update';
  return { pointer: '/spec/healthCheckNodePort', message, code: 'immutable' };
}

/** A port for health checks is given where traffic of a load balancer stays on its node (`NeedsHealthCheck`). */
export function isHealthChecked({ type, externalTrafficPolicy }: JsonObject): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}
