import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { AskedProtocol } from './asked-protocol.js';

/** Who to whom, over what. */
export interface PolicyQuestion {
  readonly from: ResolvedEndpoints;
  /** A service stands for its ready endpoints and their target port. */
  readonly to: ResolvedEndpoints;
  /** Undefined: that of the service's port; TCP where a port is given; else TCP, UDP and SCTP. */
  readonly protocol: AskedProtocol | undefined;
  /** Number or name, of the service where `to` is one, else of the destination pods. Undefined: every port. */
  readonly port: string | undefined;
  /** The service whose address the packets were sent to, where `to` names what stands behind it: a pod that reaches itself so meets policies. */
  readonly via?: string | undefined;
  /** Up to how many policies, rules, conditions and near misses are listed of each; undefined: as many as people can use. */
  readonly mostListed?: number | undefined;
}
