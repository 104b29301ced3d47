import type { NetworkModel } from '../../core/model/network-model.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { parseIp } from '../../core/net/ip.js';

/** Where packets arrive: an address, and the pod that has it (`namespace/name`; null: none is known). */
export interface Receiver {
  readonly ip: string;
  readonly pod: string | null;
}

/** Receivers as the side of a question about policies: pods where they are known, nodes by their addresses, and addresses. */
export function receivers(model: NetworkModel, targets: readonly Receiver[], selector: string): ResolvedEndpoints {
  const pods = new Set<number>();
  const nodes = new Set<string>();
  const ranges: ResolvedEndpoints['ranges'][number][] = [];
  for (const { ip: text, pod } of targets) {
    const known = pod === null ? undefined : model.podByKey.get(pod);
    const ip = parseIp(text);
    const owner = (model.ipOwners.get(text) ?? []).find(({ type }) => type === 'node');
    if (known) pods.add(known.id);
    else if (owner?.type === 'node') nodes.add(owner.node);
    else if (ip) ranges.push({ family: ip.family, first: ip.value, last: ip.value });
  }
  return { selector, pods: [...pods].sort((a, b) => a - b), nodes: [...nodes], ranges, services: [], port: undefined };
}
