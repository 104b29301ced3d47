import type { Steps } from '../../../kernel/steps.js';
import { IP_PROTOCOLS } from '../../../net/ip-protocol.js';
import { formatIp } from '../../../net/ip.js';
import type { CalicoHostEndpoint } from '../../../resources/calico-host-endpoint.js';
import { DEFAULT_ALLOW_PROFILE } from '../../../resources/default-allow-profile.js';
import type { ContainerPort } from '../../../resources/pod.js';
import type { Labels } from '../../../resources/resource.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import { actsOnForward } from '../calico-book.js';
import { tunnelInterface } from '../calico-hosts.js';
import { isCalicoPolicy } from '../calico-layers.js';
import type { AnyPolicy } from '../layer.js';
import type { HostEndpoint } from '../policy-endpoint.js';
import type { PolicyIndex } from '../policy-index.js';
import type { CniProfile } from '../../../model/network-profile.js';
import type { AskedFormulas } from './asked-formulas.js';
import { type LabelKind, labelKinds } from './label-kinds.js';
import { type PassedNode, passedNodes } from './passed-nodes.js';
import { MOST_ASKED, MOST_ENDPOINTS, type Place, type PossibleEndpoint, textOfLabels, TOO_MANY } from './possible-endpoint.js';
import { possibleHost } from './possible-host.js';

/** Two are enough: one is the own node of the pods, and one another. */
export const NODES = ['node-1', 'node-2'] as const;

/** Nodes that there could be, and what stands around them. */
export interface PossibleHosts {
  readonly endpoints: readonly PossibleEndpoint[];
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
  /** On these stand the pods, where packets that pass nodes meet policies. */
  readonly passed: readonly PassedNode[];
}

/** What the policies and the cluster are, as far as it matters here. */
export interface HostsAsked {
  readonly indexes: readonly PolicyIndex[];
  readonly policies: readonly AnyPolicy[];
  readonly places: readonly Place[];
  readonly ports: readonly (readonly ContainerPort[])[];
  readonly cni: Pick<CniProfile, 'mode' | 'crossSubnet'>;
}

/** Nodes with their labels, where rules ask for them or can mean them; with Calico, nodes with and without a host endpoint. */
export function* possibleHosts({ nodes, hosts }: AskedFormulas, asked: HostsAsked): Steps<PossibleHosts | string> {
  const { indexes, policies, places, ports, cni } = asked;
  const [cilium, calico] = [policies.some(isCiliumPolicy), policies.some(isCalicoPolicy)];
  if (nodes.length === 0 && !cilium && !calico) return { endpoints: [], hostEndpoints: [], passed: [] };
  const [ofNodes, ofHosts] = [yield* labelKinds(nodes, new Set(), MOST_ASKED), yield* labelKinds(hosts, new Set(), MOST_ASKED)];
  if (!ofNodes || !ofHosts) return 'the selectors name more labels of nodes than can be combined';
  const variants = calico ? ofHosts.kinds.length * 4 * ports.length : 0;
  if ((ofNodes.kinds.length * (cilium ? 2 : 1) + variants) * places.length > MOST_ENDPOINTS) return TOO_MANY;
  const plain = (cilium ? NODES : NODES.slice(0, 1)).flatMap((node) =>
    ofNodes.kinds.flatMap((kind) =>
      places.map((place) => hostOf(node, labelsOf(kind), place, `a node with ${textOfLabels(labelsOf(kind))}`)),
    ),
  );
  if (!calico) return { endpoints: plain, hostEndpoints: [], passed: [] };
  const own = ofHosts.kinds
    .flatMap((kind) => ports.flatMap((named) => [true, false].map((open) => ({ kind, named, open }))))
    .flatMap((one) => ['eth0', '*'].map((interfaceName) => ({ ...one, interfaceName })))
    .map(ownHost);
  const governed = own.flatMap((host) => places.map((place) => hostOf(host.node, undefined, place, nameOfHost(host))));
  const taken = new Set(places.map(({ address }) => formatIp(address)));
  const passed = policies.some((policy) => isCalicoPolicy(policy) && actsOnForward(policy))
    ? passedNodes(indexes, ofHosts.kinds.map(labelsOf), tunnelInterface(cni), taken, MOST_ENDPOINTS / (places.length + 1))
    : [];
  if (!passed) return TOO_MANY;
  const around = passed.flatMap((node) => {
    const addresses = node.addresses.map(({ ip }): Place => ({ address: ip, only: true }));
    return [...places, ...addresses].map((place) => hostOf(node.name, undefined, place, `a node with ${node.said}`));
  });
  return {
    endpoints: [...plain, ...governed, ...around],
    hostEndpoints: [...own, ...passed.flatMap(({ hostEndpoints }) => hostEndpoints)],
    passed,
  };
}

function nameOfHost({ interfaceName, profiles, labels }: CalicoHostEndpoint): string {
  const which = interfaceName === '*' ? ' of all interfaces' : '';
  return `a host endpoint${which}, ${profiles.length > 0 ? 'open' : 'closed'}, with ${textOfLabels(labels)}`;
}

function hostOf(node: string, labels: Labels | undefined, { address }: Place, name: string): PossibleEndpoint {
  const endpoint: HostEndpoint = { kind: 'host', node, labels, address };
  const full = `${name} at ${formatIp(address)}`;
  return { endpoint, name: full, facts: new Map([[`node ${node}`, full]]), twins: false };
}

function labelsOf(kind: LabelKind): Labels {
  return Object.fromEntries([...kind].flatMap(([label, value]) => (value === undefined ? [] : [[label, value]])));
}

interface OwnHost {
  readonly kind: LabelKind;
  readonly named: readonly ContainerPort[];
  readonly open: boolean;
  readonly interfaceName: string;
}

/** "No profile = deny": what policies leave open is denied, or allowed where the profile allows everything. No profile can tell the two sets of policies otherwise apart. */
function ownHost({ kind, named, open, interfaceName }: OwnHost, position: number): CalicoHostEndpoint & { readonly node: string } {
  return possibleHost({
    node: `host ${position}`,
    labels: labelsOf(kind),
    interfaceName,
    profiles: open ? [DEFAULT_ALLOW_PROFILE.ref.name] : [],
    ports: named.map((port) => ({ name: port.name ?? '', protocol: IP_PROTOCOLS[port.protocol], port: port.containerPort })),
  });
}
