import type { IpRange } from '../net/ip-set.js';

/** What an endpoint selector expands to in a model. A selector that matches nothing is a problem, never an empty expansion. */
export interface ResolvedEndpoints {
  /** The selector in its canonical spelling. */
  readonly selector: string;
  /** Pods by id, ascending. */
  readonly pods: readonly number[];
  /** Nodes by name. */
  readonly nodes: readonly string[];
  /** Addresses that belong to no pod and no node of the model: `ip/…`, `cidr/…`, `internet`. */
  readonly ranges: readonly IpRange[];
  /** Services by `namespace/name`, when the selector names services (their pods are not in `pods`). */
  readonly services: readonly string[];
  /** The port a `svc/…:port` selector carries, as written. */
  readonly port: string | undefined;
}
