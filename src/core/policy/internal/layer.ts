import type { Cidr } from '../../net/cidr.js';
import type { CiliumCondition, CiliumPolicy, CiliumRefusal } from '../../resources/cilium-policy.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { CalicoProfile } from '../../resources/calico-profile.js';
import type { ClusterPolicy, PolicyAction } from '../../resources/cluster-policy.js';
import type { SelectorStep } from '../../resources/calico-selector.js';
import type { LabelSelector } from '../../resources/label-selector.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { FelixConfiguration } from '../../resources/felix-configuration.js';
import type { Labels } from '../../resources/resource.js';
import type { ConnectionSet } from './connection-set.js';
import type { PeerMatch, PeerMismatch } from './judge-peer.js';
import type { HostEndpoint, PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';
import type { PortMissing } from './ports-at.js';
import type { Whose } from './whose.js';

/**
 * How policies of every API are judged: at an endpoint, in one direction, stands an ordered list of layers; a layer is an ordered list of rules and an end.
 * `decideInOrder` is the only thing that decides: the first rule that matches a connection; Accept and Deny are final, Pass leaves it to the next layer; so does
 * the end of a layer that is `open`. What no layer decides is allowed.
 *
 * An API adds itself in four places, and nowhere else:
 * 1. {@link PoliciesByApi}: a name for its policies, and their type.
 * 2. `PolicyIndex.selecting`: which of them select an endpoint, in the order in which they act.
 * 3. `acting-<api>.ts`: an {@link ActingPolicy} of a policy and a direction, its rules as {@link LayerRule}s; made once per policy (`oncePerPolicy`).
 * 4. `layersAt` (`layers-at.ts`): where its layers stand among the others, and how each ends.
 */
export interface LayerAt {
  readonly layer: LayerName;
  /** Those that select the endpoint, in the order in which evidence tells of them; one that says nothing about the direction may be among them. */
  readonly policies: readonly ActingPolicy[];
  /** The rules of all of them, in the order in which they act. */
  readonly rules: readonly LayerRule[];
  /** What becomes of connections that no rule of the layer matches; `open`: the next layer decides, as it does over what a rule passes. A layer without rules that ends with `Deny` denies the rest. */
  readonly end: 'Deny' | 'open';
  /** It ends so whichever of its policies are there; elsewhere it ends with `Deny` because some of them isolate. */
  readonly lasting?: boolean;
  /** Of policies that are about a node through which packets of the endpoint pass, and not about the endpoint itself. */
  readonly host?: LayerHost;
}

/**
 * Layers that decide together: what they allow, and what they leave open, passes. A connection has to pass every gate that concerns it: the one of the endpoint's
 * own policies, and those of the nodes through which its packets go.
 */
export interface GateAt {
  readonly layers: readonly LayerAt[];
  /** With whom connections pass there at all. */
  readonly whose: Whose;
  /** Its rules are written for the other direction: what enters a node, from one of its pods, or what leaves it, to one of them. */
  readonly turned: boolean;
}

/** The host endpoint to which a layer belongs. */
export interface LayerHost {
  /** `HostEndpoint n1-eth0`. */
  readonly name: string;
  /** Completes “taken for granted: …”; undefined: nothing was. */
  readonly assumed: string | undefined;
}

/**
 * What a layer is called in answers. Those of Calico's host endpoints say which of its policies they hold: untracked ones, those that act before addresses are
 * translated, those about forwarded packets; and the ports that stay open.
 */
export type LayerName =
  | 'Admin'
  | 'NetworkPolicy'
  | 'Baseline'
  | 'cilium'
  | `calico:${string}`
  | `calico-untracked:${string}`
  | `calico-pre-dnat:${string}`
  | `calico-forward:${string}`
  | 'calico-failsafe'
  | 'calico-profiles'
  | 'calico-endpoint-to-host';

/** The policies of each API, by the name under which {@link PolicyBook} gives them. */
export interface PoliciesByApi {
  readonly NetworkPolicy: NetworkPolicy;
  readonly Admin: ClusterPolicy;
  readonly Baseline: ClusterPolicy;
  readonly Cilium: CiliumPolicy;
  readonly Calico: CalicoPolicy;
}

/** The name of an API, or of a part of one, in the book. */
export type PolicyApi = keyof PoliciesByApi;

/** A policy of any API, or what acts like one; `kind` tells which. */
export type AnyPolicy = PoliciesByApi[PolicyApi] | CalicoProfile | FelixConfiguration;

/** Endpoints that policies can select. */
export type SubjectEndpoint = PodEndpoint | HostEndpoint;

/** A policy in one direction. */
export interface ActingPolicy {
  readonly policy: AnyPolicy;
  /** Where the object says whom it is about: `/spec/podSelector`. */
  readonly pointer: string;
  /** `Admin 10`: where it stands among the others; undefined where its API knows no order. */
  readonly place: string | undefined;
  /** Selecting an endpoint is enough for its layer to end with `Deny` in this direction. */
  readonly isolates: boolean;
  /** In the order in which the object has them; those that do nothing (Calico's Log) are left out. */
  readonly rules: readonly LayerRule[];
}

/** One rule of a policy in one direction, whatever its subject. */
export interface LayerRule {
  readonly policy: AnyPolicy;
  /** `/spec/ingress/0`. */
  readonly pointer: string;
  readonly name: string | undefined;
  readonly action: PolicyAction;
  /** The action as the object has it: `Allow`, `Accept`; empty where the API has no actions. */
  readonly written: string;
  /** Its API knows no order: neighbours of one action decide together, each all that it matches. False: the first that matches decides. */
  readonly unordered: boolean;
  /** It cannot be read and fails closed: what it does stands in `action`, `admits` and `connectionsAt` already. */
  readonly unreadable: boolean;
  /** Why the plugin refuses a rule that can be read, which then fails closed. */
  readonly refusal?: CiliumRefusal | undefined;
  /** Whether it is about the subject at all: criteria of the rule for its own side (a Calico ingress rule's `destination`). */
  concerns(subject: PolicyEndpoint): boolean;
  /** Rules with equal keys admit the same other sides: the answer is remembered once for all of them. */
  readonly peersKey: string;
  /** Where all the other sides are that it admits, as far as labels tell: only those are asked. Undefined: it may admit anybody. */
  readonly within?: readonly Whereabouts[] | undefined;
  /** It matches addresses that no object tells, too: those of domain names, or of groups that a cloud provider knows; each by what it names. */
  readonly unresolved?: readonly UnresolvedPeer[];
  /** Whether the other side matches, ports aside. */
  admits(other: PolicyEndpoint): boolean;
  /** Rules with equal keys concern the same subjects, where their API has criteria for a rule's own side. */
  readonly ownKey?: string;
  /** How a subject fares with these. */
  ownPeersAt?(subject: PolicyEndpoint): readonly PeerAt[];
  /** How the other side fares with each peer or criterion, for the evidence; none: the rule names no peer. */
  peersAt(other: PolicyEndpoint): readonly PeerAt[];
  /** {@link connectionsAt} says the same of every destination: nothing in it is looked up by name. */
  readonly fixed: boolean;
  /** It names ports of the sender, which are looked up there: {@link connectionsAt} depends on the source too. */
  readonly looksAtSource?: boolean;
  /** What its ports and protocols mean between two endpoints; named ports are theirs. In an egress rule the destination is the other side. */
  connectionsAt(destination: PolicyEndpoint, source: PolicyEndpoint): ConnectionSet;
  /** How each port entry fares there, for the evidence; none: the rule names no port. */
  portsAt(destination: PolicyEndpoint, source: PolicyEndpoint): readonly PortAt[];
  /** What a proxy asks of the connections beyond addresses and ports, where the API knows such rules. */
  conditionsAt?(destination: PolicyEndpoint): readonly ConditionAt[];
}

/** What a rule that accepts asks of some of the connections that it admits: layer 7, server names, authentication. */
export interface ConditionAt {
  readonly pointer: string;
  readonly kind: CiliumCondition['kind'];
  readonly connections: ConnectionSet;
  /** Completes “only …”: ``HTTP requests that match `GET /public` ``. */
  readonly text: string;
  /** It stays although another rule admits the same connections without it. */
  readonly lasting: boolean;
}

/**
 * Pods by what they cannot do without, whatever is asked of them beside; or just those whose labels satisfy a formula; or everybody who is no pod: nodes, and
 * addresses, if told in which networks.
 */
export type Whereabouts =
  | {
      readonly type: 'pods';
      readonly namespace: string | undefined;
      readonly labels: LabelSelector | undefined;
      readonly namespaceLabels: LabelSelector | undefined;
      /** Nothing is asked of them beside: all of these pods are admitted. */
      readonly exactly?: true;
    }
  | {
      readonly type: 'labelled';
      readonly labelsOf: Labelling;
      /** In postfix order; made when it is asked for: a rule may have very many peers. */
      readonly formula: () => readonly SelectorStep[];
      /** To endpoints on this node it is known by other labels: it is asked. */
      readonly butNode?: string | undefined;
    }
  | {
      readonly type: 'others';
      /** Of addresses those in these networks alone. */
      readonly nets?: readonly Cidr[];
      /** Pods whose address lies there are there, too. */
      readonly pods?: boolean;
      /** Which of them are admitted; undefined: the rule is asked. */
      readonly admits?: (other: PolicyEndpoint) => boolean;
    };

/** The labels by which an API knows an endpoint; undefined: it does not know it by any. The same function for all rules that look at the same labels. */
export type Labelling = (endpoint: PolicyEndpoint) => Labels | undefined;

/** A peer whose addresses are found out while the cluster runs: a name of ClusterNetworkPolicy, a name or pattern of Cilium, groups of a cloud provider. */
export interface UnresolvedPeer {
  readonly type: 'domain' | 'fqdn' | 'groups';
  readonly name: string;
}

/** How an endpoint fares with one peer of a rule. */
export interface PeerAt {
  readonly pointer: string;
  readonly outcome: PeerMatch | PeerMismatch;
  /** In words; `side` is `source` or `destination`. */
  message(side: string): string;
}

/** How one port entry fares at a destination. */
export interface PortAt {
  readonly pointer: string;
  readonly connections: ConnectionSet;
  /** Why it means nothing there. */
  readonly missing: PortMissing | undefined;
  /** `TCP 80`, `the port named http`. */
  readonly text: string;
  /** Looked up by name. */
  readonly named: boolean;
  /** What is wrong with an entry that cannot be read. */
  readonly why: string | undefined;
}
