import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress, IngressRule } from '../../resources/ingress.js';
import { parentDomain, type RequestHost } from './request-host.js';

/** A rule that names a host, whatever the class of its Ingress. */
export interface HostClaim {
  readonly ingress: Ingress;
  readonly rule: IngressRule;
}

const claimsByModel = new WeakMap<NetworkModel, ReadonlyMap<string, readonly HostClaim[]>>();

function claimsOf(model: NetworkModel): ReadonlyMap<string, readonly HostClaim[]> {
  const known = claimsByModel.get(model);
  if (known) return known;
  const claims = new Map<string, HostClaim[]>();
  for (const ingress of model.ingresses) {
    for (const rule of ingress.rules) {
      if (rule.host === undefined) continue;
      const list = claims.get(rule.host);
      if (list) list.push({ ingress, rule });
      else claims.set(rule.host, [{ ingress, rule }]);
    }
  }
  claimsByModel.set(model, claims);
  return claims;
}

/** Every rule of the cluster that names the host, precisely first, then by a wildcard. */
export function claimsOfHost(model: NetworkModel, host: RequestHost): readonly HostClaim[] {
  if (host.isAddress) return [];
  const claims = claimsOf(model);
  const domain = parentDomain(host.name);
  return [...(claims.get(host.name) ?? []), ...(domain === undefined ? [] : (claims.get(`*.${domain}`) ?? []))];
}
