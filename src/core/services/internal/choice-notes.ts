import type { Note } from '../../kernel/answer.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { IpvsScheduler, ProxyProfile } from '../../model/network-profile.js';
import type { Flow } from './flows.js';

/** How ipvs schedulers pick (Linux `Documentation/networking/ipvs-sysctl`, ipvsadm(8)): in turn, by what an endpoint has to do already, or by a hash. */
const SCHEDULERS: Readonly<Record<IpvsScheduler, 'turn' | 'load' | 'hash'>> = {
  rr: 'turn',
  wrr: 'turn',
  lc: 'load',
  wlc: 'load',
  lblc: 'load',
  lblcr: 'load',
  sed: 'load',
  nq: 'load',
  sh: 'hash',
  dh: 'hash',
  mh: 'hash',
};

/** What the probabilities of endpoints do not say: who the same client meets again, and what the choice depends on beside chance. */
export interface ChoiceNotes {
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
}

/** The notes about a choice among several endpoints; none where there is no choice. */
export function choiceNotes(model: NetworkModel, service: ModelService | undefined, flows: readonly Flow[]): ChoiceNotes {
  const translated = flows.filter(({ verdict }) => verdict.verdict === 'DNAT');
  const chosen = translated.filter(({ verdict }) => verdict.endpoints.length > 1);
  const { proxy } = model.profile;
  const hash = chosen.length > 0 ? hashNote(model, chosen) : undefined;
  return {
    assumptions: chosen.length > 0 && proxy.mode === 'ipvs' && SCHEDULERS[proxy.ipvs.scheduler] === 'load' ? [byLoad(proxy)] : [],
    warnings: [...(service && chosen.length > 0 ? affinityNote(service) : []), ...(hash ? [hash] : []), ...directReturn(model, translated)],
  };
}

const byLoad = ({ ipvs }: ProxyProfile): Note => ({
  code: 'CHOICE_BY_LOAD',
  message: `the ipvs scheduler \`${ipvs.scheduler}\` sends a connection where the least is going on: the probabilities are those of endpoints that are equally busy`,
});

function affinityNote({ resource }: ModelService): readonly Note[] {
  if (resource.sessionAffinity === 'None') return [];
  const message = `session affinity: a client meets the same endpoint again until ${resource.sessionAffinityTimeoutSeconds ?? 10_800} s after its last connection; the probabilities are those of a client that comes for the first time`;
  return [{ code: 'SESSION_AFFINITY', message }];
}

function hashNote(model: NetworkModel, chosen: readonly Flow[]): Note | undefined {
  const { mode, ipvs, ebpf } = model.profile.proxy;
  const always =
    'the same client meets the same endpoint as long as the endpoints do not change; the probabilities are those of clients in general';
  if (mode === 'ipvs' && SCHEDULERS[ipvs.scheduler] === 'hash') {
    const of =
      ipvs.scheduler === 'dh' ? 'the destination, which all clients share: all of them meet the same endpoint' : `the client: ${always}`;
    return { code: 'CHOICE_BY_HASH', message: `the ipvs scheduler \`${ipvs.scheduler}\` picks by a hash of ${of}` };
  }
  const isMaglev = mode === 'ebpf' && ebpf.program === 'cilium' && ebpf.algorithm === 'maglev';
  // Maglev is for senders outside only (cilium/cilium `Documentation/network/kubernetes/kubeproxy-free.rst`, "Maglev Consistent Hashing")
  if (!isMaglev || chosen.every(({ senders }) => senders.every((one) => !one.outside))) return undefined;
  return {
    code: 'CHOICE_BY_HASH',
    message: `Cilium picks by Maglev, a hash of the connection: every node picks the same endpoint for it, and ${always}`,
  };
}

/** Replies that do not come back through the node the packet entered by (kubeproxy-free.rst, "Direct Server Return"). */
function directReturn(model: NetworkModel, translated: readonly Flow[]): readonly Note[] {
  const { mode, ebpf } = model.profile.proxy;
  if (mode !== 'ebpf' || (ebpf.forwarding !== 'dsr' && ebpf.forwarding !== 'hybrid')) return [];
  const direct = translated.some(
    ({ senders, target, nodes, verdict }) =>
      senders.some((one) => one.outside) &&
      (ebpf.forwarding === 'dsr' || target.protocol === 'TCP') &&
      verdict.endpoints.some(({ endpoint }) => nodes.some(({ name }) => name !== endpoint.nodeName)),
  );
  if (!direct) return [];
  const message =
    'direct server return: an endpoint on another node answers the client itself, with the address of the service; the underlay must let such replies out';
  return [{ code: 'DIRECT_SERVER_RETURN', message }];
}
