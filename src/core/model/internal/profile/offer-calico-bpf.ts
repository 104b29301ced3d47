import type { FelixConfiguration } from '../../../resources/felix-configuration.js';
import type { PlacedComponent } from './network-traces.js';
import type { PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

const STANDS_IN = "Calico's eBPF dataplane stands in for kube-proxy";
const FORWARDING = { Tunnel: 'tunnel', DSR: 'dsr' } as const;
const CONNECT_TIME = { TCP: 'tcp', Enabled: 'all', Disabled: 'none' } as const;

/** Whether Felix stands in for kube-proxy, and how it translates services (projectcalico/calico `api/pkg/apis/projectcalico/v3/felixconfig.go`). */
export function offerCalicoBpf(draft: ProfileDraft, { resources, components }: PluginEvidence): void {
  for (const felix of resources.calico.felixConfigurations) if (felix.bpfEnabled === true) offerConfiguration(draft, felix);
  const agent = components.find((one) => one.environment['FELIX_BPFENABLED'] === 'true');
  if (agent) offerReplacement(draft, variable(agent, 'FELIX_BPFENABLED'));
}

function offerReplacement(draft: ProfileDraft, finding: Finding): void {
  draft.offer('proxy.mode', 'ebpf', finding);
  draft.offer('proxy.ebpf.program', 'calico', finding);
}

function offerConfiguration(draft: ProfileDraft, felix: FelixConfiguration): void {
  const { ref, bpfExternalServiceMode: mode, bpfConnectTimeLoadBalancing: sockets } = felix;
  offerReplacement(draft, toldBy(ref, '/spec/bpfEnabled', STANDS_IN));
  const forwarding = toldBy(ref, '/spec/bpfExternalServiceMode', 'how traffic from outside is forwarded');
  draft.offer('proxy.ebpf.forwarding', mode && FORWARDING[mode], forwarding);
  const connectTime = toldBy(ref, '/spec/bpfConnectTimeLoadBalancing', 'who is translated at connect()');
  draft.offer('proxy.ebpf.connectTime', sockets && CONNECT_TIME[sockets], connectTime);
}

function variable(agent: PlacedComponent, name: string): Finding {
  return toldBy(agent.object, `${agent.pointer}/env`, `\`${name}\`: ${STANDS_IN}`);
}
