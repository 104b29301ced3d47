import type { JsonObject } from '../../core/kernel/json.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Fault } from './api-refusal.js';
import { hasSelector, isExternalName, isHeadless, policyOf, serviceAddressTexts, textsIn } from './service-spec.js';

/** The families of the ranges that Services get addresses of, the first of them the cluster's own. */
export interface ServiceFamilies {
  readonly names: readonly string[];
  /** Whether somebody told the ranges; if not, they are a guess, and nothing is refused by them. */
  readonly areKnown: boolean;
}

const POLICY = '/spec/ipFamilyPolicy';
const DUAL = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";

/** The families of a model. */
export function serviceFamiliesOf({ profile, profileSources }: NetworkModel): ServiceFamilies {
  const provenance = profileSources.get('serviceCIDRs')?.provenance ?? 'assumed';
  return { names: [...new Set(profile.serviceCIDRs.map(({ family }) => `IPv${family}`))], areKnown: provenance !== 'assumed' };
}

/**
 * The spec of a Service that is made or updated (`old`) with its families as the API server fills them in, or why it refuses (`initIPFamilyFields` of kubernetes/pkg/registry/core/service/storage/alloc.go).
 * Of one that is stored without a policy nobody knows what it was given: it stays as it is.
 */
export function withServiceFamilies(spec: JsonObject, old: JsonObject | undefined, cluster: ServiceFamilies): Result<JsonObject, Fault> {
  const before = old && !isExternalName(old) ? old : undefined;
  if (isExternalName(spec) || cluster.names.length === 0) return ok(spec);
  if (before && policyOf(before) === undefined && policyOf(spec) === undefined) return ok(spec);
  const isOpen = isHeadless(spec) && !hasSelector(spec);
  const policy = policyOf(spec) ?? (isOpen ? 'RequireDualStack' : 'SingleStack');
  const asked = before && policy === 'SingleStack' ? inOneFamily(spec, before) : spec;
  if (policy === 'PreferDualStack' && before && policyOf(before) === policy && isAlike(asked, before)) return ok(spec);
  const ips = serviceAddressTexts(asked).filter((ip) => ip !== 'None');
  const families = textsIn(asked['ipFamilies']);
  if (policy === 'SingleStack' && ips.length > 1) return err({ pointer: POLICY, message: `${DUAL} cluster IPs are specified` });
  if (policy === 'SingleStack' && families.length > 1) return err({ pointer: POLICY, message: `${DUAL} IP families are specified` });
  const named = [...families, ...ips.slice(families.length).map((ip) => (ip.includes(':') ? 'IPv6' : 'IPv4'))];
  const fault = reducedFault(policy, asked, before) ?? (isOpen ? undefined : unservedFault(policy, named, cluster));
  if (fault) return err(fault);
  const own = named.length > 0 ? named : cluster.names.slice(0, 1);
  const other = own[0] === 'IPv6' ? 'IPv4' : 'IPv6';
  const isDual = policy !== 'SingleStack' && own.length === 1 && (isOpen || cluster.names.includes(other));
  return ok({ ...asked, ipFamilyPolicy: policy, ipFamilies: isDual ? [...own, other] : own });
}

/** Who asks for one family and changes nothing else means the first. */
function inOneFamily(spec: JsonObject, old: JsonObject): JsonObject {
  const [ips, families] = [serviceAddressTexts(spec), textsIn(spec['ipFamilies'])];
  const isSame = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
  return {
    ...spec,
    ...(ips.length > 1 && isSame(ips, serviceAddressTexts(old)) ? { clusterIPs: ips.slice(0, 1) } : {}),
    ...(families.length > 1 && isSame(families, textsIn(old['ipFamilies'])) ? { ipFamilies: families.slice(0, 1) } : {}),
  };
}

/** `isMatchingPreferDualStackClusterIPFields`: a Service does not get or lose a family because the cluster did. */
function isAlike(spec: JsonObject, old: JsonObject): boolean {
  return (
    serviceAddressTexts(spec).join() === serviceAddressTexts(old).join() &&
    textsIn(spec['ipFamilies']).join() === textsIn(old['ipFamilies']).join()
  );
}

/** A second address or family goes where the policy says so alone; who names none means those that are there. */
function reducedFault(policy: string, spec: JsonObject, old: JsonObject | undefined): Fault | undefined {
  if (!old || policy === 'SingleStack') return undefined;
  const isFewer = (now: readonly string[], before: readonly string[]) => now.length > 0 && now.length < before.length;
  const why = (what: string) => ({ pointer: POLICY, message: `must be 'SingleStack' to release the secondary ${what}` });
  if (isFewer(serviceAddressTexts(spec), serviceAddressTexts(old))) return why('cluster IP');
  return isFewer(textsIn(spec['ipFamilies']), textsIn(old['ipFamilies'])) ? why('IP family') : undefined;
}

function unservedFault(policy: string, families: readonly string[], { names, areKnown }: ServiceFamilies): Fault | undefined {
  if (!areKnown) return undefined;
  if (policy === 'RequireDualStack' && names.length < 2)
    return { pointer: POLICY, message: `this cluster is not configured for dual-stack services: it has ${names.join()} alone` };
  const index = families.findIndex((family) => !names.includes(family));
  return index < 0 ? undefined : { pointer: `/spec/ipFamilies/${index}`, message: `${families[index]} is not configured on this cluster` };
}
