import type { ModelNode } from '../../../model/network-model.js';
import { addToIp, formatIp, type Ip } from '../../../net/ip.js';
import type { CalicoHostEndpoint } from '../../../resources/calico-host-endpoint.js';
import type { Labels } from '../../../resources/resource.js';
import { actsOnForward } from '../calico-book.js';
import type { PolicyIndex } from '../policy-index.js';
import { type HostParts, possibleHost } from './possible-host.js';

/** A node through which packets of its pods pass. */
export interface PassedNode extends ModelNode {
  /** Which host endpoints it has, in words. */
  readonly said: string;
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
}

/** The host endpoints of a node by their labels: the one of all its interfaces, and the one of that to others. */
interface Sort {
  readonly all: Labels | undefined;
  readonly link: Labels | undefined;
}

/** RFC 2544: for tests of devices, so that hardly a rule names them. */
const FIRST_ADDRESS: Ip = { family: 4, value: (198n << 24n) + (18n << 16n) };

/**
 * Nodes of every sort that policies about passing packets can tell apart, two of each, so that pods on different nodes of one sort meet. What passes between a pod
 * and another side meets the host endpoint of all interfaces of its node, and the one of the interface that it takes (`host-gates.ts`): every two of these are
 * tried, and which of the policies select them is all that they differ by. `labels`: those that host endpoints can have, of every kind that selectors tell apart.
 * `tunnel`: the interface to other nodes, where that is one of its own. `taken`: addresses that the nodes must not have. Undefined where they are more than `most`.
 */
export function passedNodes(
  indexes: readonly PolicyIndex[],
  labels: readonly Labels[],
  tunnel: string | undefined,
  taken: ReadonlySet<string>,
  most: number,
): readonly PassedNode[] | undefined {
  const addresses = freeAddresses(taken);
  return sortsOf(indexes, labels, most / 2)?.flatMap((sort) => [1, 2].map(() => nodeOf(sort, tunnel, addresses())));
}

/** A host endpoint that none of the policies selects is like none, unless it stands before the one of all interfaces. */
function sortsOf(indexes: readonly PolicyIndex[], labels: readonly Labels[], most: number): readonly Sort[] | undefined {
  const bySelecting = new Map<string, Labels>();
  for (const one of labels) {
    const host = possibleHost({ node: '', interfaceName: '*', labels: one });
    const selecting = indexes.map((index) =>
      index
        .selectingHost(host)
        .filter(actsOnForward)
        .map(({ ref }) => [ref.apiVersion, ref.name]),
    );
    bySelecting.set(JSON.stringify(selecting), bySelecting.get(JSON.stringify(selecting)) ?? one);
  }
  const none = JSON.stringify(indexes.map(() => []));
  const selected = [...bySelecting].flatMap(([key, one]) => (key === none ? [] : [one]));
  if ((selected.length + 1) * (selected.length + 2) > most) return undefined;
  return [undefined, ...selected].flatMap((all) => {
    const links = all === undefined ? selected : bySelecting.values();
    return [undefined, ...links].map((link) => ({ all, link }));
  });
}

function nodeOf({ all, link }: Sort, tunnel: string | undefined, ip: Ip): PassedNode {
  const name = `passed ${formatIp(ip)}`;
  const at = (interfaceName: string, labels: Labels | undefined, more: Partial<HostParts> = {}) =>
    labels === undefined ? [] : [possibleHost({ node: name, interfaceName, labels, ...more })];
  const ofLink = [...at('eth0', link, { expectedIPs: [ip] }), ...(tunnel === undefined ? [] : at(tunnel, link))];
  return {
    name,
    ref: { apiVersion: 'v1', kind: 'Node', name },
    labels: {},
    provenance: 'assumed',
    resource: undefined,
    addresses: [{ type: 'InternalIP', ip }],
    podCIDRs: [],
    devices: [],
    zone: undefined,
    said: [...saidOf('of all interfaces', all), ...saidOf('of its interface', link)].join(' and ') || 'no host endpoint',
    hostEndpoints: [...at('*', all), ...ofLink],
  };
}

function saidOf(which: string, labels: Labels | undefined): readonly string[] {
  if (labels === undefined) return [];
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [`a host endpoint ${which} (${pairs.join() || 'no label that a policy speaks of'})`];
}

function freeAddresses(taken: ReadonlySet<string>): () => Ip {
  let next = FIRST_ADDRESS;
  return () => {
    do next = addToIp(next, 1n) ?? FIRST_ADDRESS;
    while (taken.has(formatIp(next)));
    return next;
  };
}
