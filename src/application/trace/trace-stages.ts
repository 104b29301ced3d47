import type { Answer } from '../../core/kernel/answer.js';
import type { ModelPod, ModelService, NetworkModel } from '../../core/model/network-model.js';
import type { DnsVerdict } from '../../core/policy/dns-verdict.js';
import type { PolicyVerdict, PolicyVerdictResult } from '../../core/policy/policy-result.js';
import type { EndpointsResult, EndpointsVerdict } from '../../core/services/explain-endpoints.js';
import type { DataPath } from './data-path-stage.js';
import type { LeavingStage } from './leaving.js';
import type { LoopbackStage } from './loopback-stage.js';
import type { NameStage } from './name-stage.js';
import type { PacketStage } from './packet-stage.js';
import type { RefusedRequest } from './refused-request.js';
import type { TraceDestination } from './trace-destination.js';
import type { TraceSender } from './trace-sender.js';

/** What the stages of a request came to; undefined: it did not come to that stage, or has no need of it. */
export interface TraceStages {
  readonly model: NetworkModel;
  readonly sender: TraceSender;
  readonly destination: TraceDestination;
  /** Whose name server is asked: the first of the pods that send. */
  readonly pod: ModelPod | undefined;
  readonly name: NameStage | undefined;
  readonly dns: DnsVerdict | undefined;
  readonly loopback: LoopbackStage | undefined;
  readonly service: ModelService | undefined;
  /** Who stands behind the service. */
  readonly endpoints: Answer<EndpointsVerdict, EndpointsResult> | undefined;
  readonly packet: PacketStage | undefined;
  readonly paths: readonly DataPath[];
  /** The request of the URL, whom a proxy on the way refuses. */
  readonly refused: RefusedRequest | undefined;
  /** What policies make of packets to the world, where the name lies outside and its address is not known. */
  readonly outside: Answer<PolicyVerdict, PolicyVerdictResult> | undefined;
  /** How the packet leaves the cluster, where that is what becomes of it. */
  readonly leaving: LeavingStage | undefined;
}
