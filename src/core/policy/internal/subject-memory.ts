import type { Direction } from './direction.js';
import type { GateAt, LayerAt, PoliciesByApi, PolicyApi } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** By API, the policies that select an endpoint. */
export type SelectedPolicies = { readonly [Api in PolicyApi]: readonly PoliciesByApi[Api][] };

/** What was found out about an endpoint. */
class Findings {
  selected: SelectedPolicies | undefined;
  readonly layers: Record<Direction, readonly LayerAt[] | undefined> = { egress: undefined, ingress: undefined };
  private asked: Record<Direction, readonly GateAt[] | undefined> | undefined;

  /** Of many endpoints nobody ever asks for them. */
  get gates(): Record<Direction, readonly GateAt[] | undefined> {
    return (this.asked ??= { egress: undefined, ingress: undefined });
  }
}

/** What was found out about the endpoints of classes. Others are worked out each time: endpoints that a change is tried on are soon forgotten. */
export class SubjectMemory {
  private readonly known = new Map<PolicyEndpoint, Findings>();

  /** From now on this endpoint is one to remember. */
  expect(endpoint: PolicyEndpoint): void {
    this.known.set(endpoint, new Findings());
  }

  /** Where to look up and to note what is found out about the endpoint; undefined where it is not one to remember. */
  of(endpoint: PolicyEndpoint): Findings | undefined {
    return this.known.get(endpoint);
  }
}
