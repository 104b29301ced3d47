import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip } from '../../core/net/ip.js';

/** A selector resolved, and the very address where it names one. */
export interface PathEnd {
  readonly endpoints: ResolvedEndpoints;
  readonly ip: Ip | undefined;
}

/** Reads an end of a path. Packets may come from and go to any address: an `ip/…` that nobody in the cluster has is outside. */
export function pathEndIn(model: NetworkModel, text: string): Result<PathEnd, Problem> {
  const selector = parseEndpointSelector(text);
  if (!selector.ok) return selector;
  const ip = selector.value.type === 'ip' ? selector.value.ip : undefined;
  const resolved = resolveEndpoints(model, selector.value);
  if (resolved.ok) return ok({ endpoints: resolved.value, ip });
  if (!ip) return resolved;
  const range = { family: ip.family, first: ip.value, last: ip.value };
  return ok({ ip, endpoints: { selector: `ip/${formatIp(ip)}`, pods: [], nodes: [], ranges: [range], services: [], port: undefined } });
}
