import type { CiliumCondition } from '../resources/cilium-policy.js';
import type { StagedAction } from '../resources/staged-policy.js';
/** Every verdict of `policy-verdict`. */
export const POLICY_VERDICT_NAMES = ['ALLOWED', 'DENIED', 'MIXED', 'NO_ENDPOINT'] as const;

/** What becomes of the connections a question names. */
export type PolicyVerdict = (typeof POLICY_VERDICT_NAMES)[number];

/** The meaning of each verdict. */
export const POLICY_VERDICTS: Readonly<Record<PolicyVerdict, string>> = {
  ALLOWED: 'every connection the question names is allowed, or the network plugin enforces no policies',
  DENIED: 'none of them is',
  MIXED: 'some are and some are not: the selectors name pods that policies treat differently, or several ports; `cases` says which',
  NO_ENDPOINT:
    'there is nothing to judge: a service without ready endpoints, an ExternalName service, a pod that has finished, two sides without a common address family',
};

/** A rule that decides over a connection. */
export interface DecidingRule {
  /** `NetworkPolicy shop/api-allow`, `AdminNetworkPolicy deny-metadata`. */
  readonly policy: string;
  readonly pointer: string;
  /** `Admin`, `NetworkPolicy`, `Baseline`, `cilium`, or `calico:` and the name of a tier; they decide one after the other. */
  readonly layer: string;
  /** Rules of NetworkPolicies only allow. */
  readonly action: 'Allow' | 'Deny';
}

/** What the policies of one side say. */
export interface DirectionResult {
  readonly verdict: PolicyVerdict;
  /** Everything that was asked for is allowed in this direction. */
  readonly allowed: boolean;
  /** Some policy decides over connections of a pod of this side in this direction: not everything is allowed by default. */
  readonly isolated: boolean;
  /** The policies that do. */
  readonly isolatedBy: readonly string[];
  /** The rules that admit what is allowed, and those that deny; empty where nothing is isolated, or no rule admits it. */
  readonly decidedBy: readonly DecidingRule[];
}

/** Endpoints of one side that policies treat alike. */
export interface PolicyParty {
  /** `Deployment shop/web`, `Pod shop/debug`, `Node harbor-1`, `203.0.113.0/24`, `10.0.0.1-10.0.0.9`; of many the first, and `count` says how many. */
  readonly names: readonly string[];
  /** How many pods, nodes or address ranges. */
  readonly count: number;
}

/** Pairs of alike sources and alike destinations, for which the same rules decide. */
export interface PolicyCase {
  readonly from: PolicyParty;
  readonly to: PolicyParty;
  /** `shop/api:80` where the connection goes through a service. */
  readonly service: string | null;
  /** What was asked for, on the destination: `TCP 8080`, `All Connections`. */
  readonly asked: string;
  readonly verdict: PolicyVerdict;
  readonly egress: PolicyVerdict;
  readonly ingress: PolicyVerdict;
  /** All that is allowed between the two. */
  readonly connection: string;
  /** How many pairs of one source and one destination. */
  readonly pairs: number;
}

/** The smallest change that would allow a connection; each was applied to the model and judged again. */
export interface PolicyNearMiss {
  readonly reason: string;
  readonly direction: 'egress' | 'ingress';
  /** `NetworkPolicy shop/api-allow`, or the object whose label would have to change. */
  readonly object: string;
  readonly pointer: string | null;
  readonly message: string;
  readonly fix: string;
  /** True: with this change alone the whole connection is allowed. False: this direction is, the other one still refuses. */
  readonly suffices: boolean;
}

/** Something that is asked of allowed connections beyond addresses and ports. */
export interface PolicyCondition {
  readonly direction: 'egress' | 'ingress';
  /** `CiliumNetworkPolicy shop/api`. */
  readonly policy: string;
  readonly pointer: string;
  readonly kind: CiliumCondition['kind'];
  /** Of which connections: `TCP 80`. */
  readonly connection: string;
  /** ``only HTTP requests that match `GET /public` ``. */
  readonly text: string;
}

/** What the verdict would be if Calico's staged policies were enforced; they are not. */
export interface StagedVerdict {
  readonly verdict: PolicyVerdict;
  readonly egress: PolicyVerdict;
  readonly ingress: PolicyVerdict;
  /** What every pair might use then. */
  readonly connection: string;
  /** The staged policies that are about these endpoints: `StagedNetworkPolicy shop/api`, and what each would do. */
  readonly policies: readonly { readonly policy: string; readonly action: StagedAction }[];
}

/** What `policy-verdict` finds out beside the verdict. */
export interface PolicyVerdictResult {
  /** What the policies say, whether the plugin enforces them or not. */
  readonly policyVerdict: PolicyVerdict;
  readonly egress: DirectionResult;
  readonly ingress: DirectionResult;
  /** What every pair may use on the destination, in netpol-analyzer's spelling: `All Connections`, `No Connections`, `TCP 80,443,UDP 53`. */
  readonly connection: string;
  readonly pairs: { readonly total: number; readonly allowed: number; readonly denied: number; readonly mixed: number };
  readonly cases: readonly PolicyCase[];
  /** What a proxy asks of what is allowed; of several of one kind for the same connections of one direction, one is enough. */
  readonly conditions: readonly PolicyCondition[];
  readonly nearMisses: readonly PolicyNearMiss[];
  /** Null: no staged policy is about these endpoints. */
  readonly staged: StagedVerdict | null;
}
