import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { CalicoBook } from './calico-book.js';
import type { CiliumReferences } from './cilium-references.js';
import type { Direction } from './direction.js';
import type { LayerAt, PoliciesByApi, PolicyApi, SubjectEndpoint } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';
import type { SubjectMemory } from './subject-memory.js';

/** What the evaluation rests on: the index of a model, or one with a change made to it. */
export interface PolicyBook {
  readonly settings: PolicySettings;
  /** Undefined: no policy of Calico counts. */
  readonly calico: CalicoBook | undefined;
  /** What policies of Cilium refer to; undefined: NetworkPolicies are not enforced by Cilium. */
  readonly cilium: CiliumReferences | undefined;
  /** Layers of endpoints that are asked about again and again; undefined: they are worked out each time. */
  readonly layers: Readonly<Record<Direction, SubjectMemory<readonly LayerAt[]>>> | undefined;
  /** The policies of one API that select the endpoint, whatever the direction, in the order in which they act; none where the plugin does not enforce them. */
  selecting<Api extends PolicyApi>(api: Api, subject: SubjectEndpoint): readonly PoliciesByApi[Api][];
  /** The NetworkPolicies of one namespace, in stable order: those that do not select a pod are told too. */
  policiesIn(namespace: string): readonly NetworkPolicy[];
  /** All of them that may admit the other side in the direction, whomever they select, and some that do not. */
  mayAdmit(namespace: string, direction: Direction, other: PolicyEndpoint): readonly NetworkPolicy[];
}
