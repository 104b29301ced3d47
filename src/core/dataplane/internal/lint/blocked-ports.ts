import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { AskedProtocol } from '../../../policy/asked-protocol.js';
import { policyVerdict } from '../../../policy/policy-verdict.js';
import type { ResolvedEndpoints } from '../../../model/resolved-endpoints.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { clusterMode } from '../../cluster-mode.js';
import { underlayFamily } from '../../cluster-mtu.js';
import { tunnelKinds } from '../../tunnels.js';

/** What the plugin sends from node to node. */
interface Needed {
  readonly what: string;
  readonly protocol: AskedProtocol;
  readonly port: number | undefined;
}

/** Denied ways between nodes, by policies that apply to nodes: HostEndpoints of Calico, host policies of Cilium. */
export function* blockedPorts(model: NetworkModel): Steps<readonly DataplaneDraft[]> {
  if (model.nodes.size < 2 || !hasNodePolicies(model)) return [];
  const nodes: ResolvedEndpoints = {
    selector: 'every node',
    pods: [],
    nodes: [...model.nodes.keys()],
    ranges: [],
    services: [],
    port: undefined,
  };
  const drafts: DataplaneDraft[] = [];
  for (const { what, protocol, port } of neededBetweenNodes(model)) {
    const answer = yield* policyVerdict(model, { from: nodes, to: nodes, protocol, port: port === undefined ? undefined : String(port) });
    if (!answer.ok) continue;
    const { verdict, result } = answer.value;
    if (verdict !== 'DENIED' && verdict !== 'MIXED') continue;
    const denied = result.cases.find((one) => one.verdict === 'DENIED');
    if (!denied) continue;
    const ways = `${denied.from.names.join(', ')} → ${denied.to.names.join(', ')}`;
    const sides = [...result.egress.isolatedBy, ...result.ingress.isolatedBy];
    const message = `${what} is denied between nodes (${ways}) by ${[...new Set(sides)].slice(0, 3).join(', ') || 'the default of their policies'}`;
    drafts.push({
      code: 'TUNNEL_PORT_BLOCKED',
      message,
      fix: `allow ${what} between the nodes`,
      nodes: denied.to.names.map((name) => name.replace(/^Node /, '')),
    });
  }
  return drafts;
}

function hasNodePolicies({ calico, ciliumPolicies }: NetworkModel): boolean {
  return calico.hostEndpoints.length > 0 || ciliumPolicies.some(({ specs }) => specs.some(({ subject }) => subject.type === 'nodes'));
}

/**
 * Tunnels of the plugin, and BGP where routes come by it. Felix lets its own tunnels through whatever policies say (projectcalico/calico `felix/rules/static.go`,
 * filterInputChain); BGP it does not, unless port 179 is a failsafe port.
 */
function neededBetweenNodes(model: NetworkModel): readonly Needed[] {
  const { plugin, tunnelPort } = model.profile.cni;
  const { mode } = clusterMode(model);
  const needed = new Map<string, Needed>();
  const usesBgp = (plugin === 'calico' && (mode === 'bgp' || mode === 'ipip')) || plugin === 'kube-router';
  if (usesBgp) needed.set('bgp', { what: 'BGP (TCP 179)', protocol: 'TCP', port: 179 });
  for (const { name, wrapping, family } of plugin === 'calico' ? [] : tunnelKinds(model)) {
    const transport = wrapping.transport[underlayFamily(model, family)];
    if (!transport) continue;
    if (transport.protocol === 'ip') {
      needed.set(`${name} ${transport.number}`, {
        what: `${name} (IP protocol ${transport.number})`,
        protocol: { number: transport.number, icmpType: undefined, icmpCode: undefined },
        port: undefined,
      });
      continue;
    }
    const protocol = transport.protocol === 'tcp' ? 'TCP' : 'UDP';
    const port = wrapping.encrypts === true ? transport.port : (tunnelPort ?? transport.port);
    needed.set(`${protocol} ${port}`, { what: `${name} (${protocol} ${port})`, protocol, port });
  }
  return [...needed.values()];
}
