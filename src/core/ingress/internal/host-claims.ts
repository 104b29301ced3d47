import { BuiltOnce } from '../../kernel/built-once.js';
import { inMap } from '../../kernel/in-map.js';
import { forEachInSteps, type Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress, IngressRule } from '../../resources/ingress.js';
import { parentDomain, type RequestHost } from './request-host.js';

/** A rule that names a host, whatever the class of its Ingress. */
export interface HostClaim {
  readonly ingress: Ingress;
  readonly rule: IngressRule;
}

const claims = new BuiltOnce(claimsIn);

/** So many Ingresses are read in one step. */
const STRETCH = 500;

function* claimsIn(model: NetworkModel): Steps<ReadonlyMap<string, readonly HostClaim[]>> {
  const claims = new Map<string, HostClaim[]>();
  yield* forEachInSteps(model.ingresses, STRETCH, (ingress) => {
    for (const rule of ingress.rules) if (rule.host !== undefined) inMap(claims, rule.host, (): HostClaim[] => []).push({ ingress, rule });
  });
  return claims;
}

/** Works out which rules name which host, for whoever can wait. */
export function* prepareClaims(model: NetworkModel): Steps<void> {
  yield* claims.steps(model);
}

/** Every rule of the cluster that names the host, precisely first, then by a wildcard. */
export function claimsOfHost(model: NetworkModel, host: RequestHost): readonly HostClaim[] {
  if (host.isAddress) return [];
  const byHost = claims.get(model);
  const domain = parentDomain(host.name);
  return [...(byHost.get(host.name) ?? []), ...(domain === undefined ? [] : (byHost.get(`*.${domain}`) ?? []))];
}
