import type { FelixTold } from './felix-told.js';
import type { ProfileDraft } from './profile-draft.js';

const FORWARDING = { Tunnel: 'tunnel', DSR: 'dsr' } as const;
const CONNECT_TIME = { TCP: 'tcp', Enabled: 'all', Disabled: 'none' } as const;

/** Whether Felix stands in for kube-proxy, and how it translates services (projectcalico/calico `api/pkg/apis/projectcalico/v3/felixconfig.go`). */
export function offerCalicoBpf(draft: ProfileDraft, felix: FelixTold): void {
  if (felix.value('bpfEnabled') !== true) return;
  const standsIn = felix.finding('bpfEnabled', "Calico's eBPF dataplane stands in for kube-proxy");
  draft.offer('proxy.mode', 'ebpf', standsIn);
  draft.offer('proxy.ebpf.program', 'calico', standsIn);
  const mode = felix.value('bpfExternalServiceMode');
  const forwarding = felix.finding('bpfExternalServiceMode', 'how traffic from outside is forwarded');
  draft.offer('proxy.ebpf.forwarding', mode && FORWARDING[mode], forwarding);
  const sockets = felix.value('bpfConnectTimeLoadBalancing');
  const connectTime = felix.finding('bpfConnectTimeLoadBalancing', 'who is translated at connect()');
  draft.offer('proxy.ebpf.connectTime', sockets && CONNECT_TIME[sockets], connectTime);
}
