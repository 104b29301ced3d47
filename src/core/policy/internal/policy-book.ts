import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { CalicoBook } from './calico-book.js';
import type { CiliumReferences } from './cilium-references.js';
import type { Direction } from './direction.js';
import type { PoliciesByApi, PolicyApi, SubjectEndpoint } from './layer.js';
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
  /** Layers and gates of endpoints that are asked about again and again; undefined: they are worked out each time. */
  readonly memory: SubjectMemory | undefined;
  /** The policies of one API that select the endpoint, whatever the direction, in the order in which they act; none where the plugin does not enforce them. */
  selecting<Api extends PolicyApi>(api: Api, subject: SubjectEndpoint): readonly PoliciesByApi[Api][];
  /** Calico's policies that select a host endpoint, whichever packets they are about, in the order in which they act; none where they do not count. */
  selectingHost(host: CalicoHostEndpoint): readonly CalicoPolicy[];
  /** The NetworkPolicies of one namespace, in stable order: those that do not select a pod are told too. */
  policiesIn(namespace: string): readonly NetworkPolicy[];
  /** All of them that may admit the other side in the direction, whomever they select, and some that do not. */
  mayAdmit(namespace: string, direction: Direction, other: PolicyEndpoint): readonly NetworkPolicy[];
}
