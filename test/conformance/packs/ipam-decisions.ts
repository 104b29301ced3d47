import type { Api } from '../api.js';
import { type Actual, type Json, textOf } from './ipam-vector.js';

type Members = { readonly [name: string]: Json | undefined };

/** A decision of the data plane: how it is asked, and what of the answer the pack calls its value. */
interface Decision {
  readonly ask: (input: Members) => Members;
  readonly value: (answer: Members, input: Members) => Json | undefined;
}

const POOL_MODES = ['ipipMode', 'vxlanMode'];

/** The functions of the pack that `POST /dataplane/decide` answers, by the pack's names. */
const DECISIONS: Readonly<Record<string, Decision>> = {
  podMtu: {
    ask: ({ options, ...input }) => ({ decision: 'podMtu', ...input, ...membersOf(options) }),
    value: (answer) => answer,
  },
  podMtuOfEnabled: { ask: (input) => ({ decision: 'podMtuOfEnabled', ...input }), value: ({ podMtu }) => podMtu },
  fitsUnderlay: { ask: (input) => ({ decision: 'fitsUnderlay', ...input }), value: ({ fits }) => fits },
  encapDecision: {
    ask: ({ mode, localNode, remoteNode, sameNode }) => ({
      decision: 'encapsulation',
      mode,
      sameNode,
      localSubnet: membersOf(localNode)['cidr'] ?? undefined,
      remoteAddress: membersOf(remoteNode)['address'],
    }),
    value: ({ encapsulate, sameSubnet }) => ({ encapsulate, sameSubnet }),
  },
  encapModeFor: {
    ask: ({ pools, dst }) => ({
      decision: 'encapsulationTo',
      pools: listOf(pools).map((pool) => only(membersOf(pool), ['cidr', ...POOL_MODES])),
      destination: dst,
    }),
    value: ({ pool }) => pool,
  },
  snatDecision: {
    ask: ({ engine, config, packet }) => {
      const { src, dst, kubeProxyMark, dstIsLocal } = membersOf(packet);
      const by = { engine, ...masqueradingOf(engine, membersOf(config)) };
      return { decision: 'masquerade', by, source: src, destination: dst, kubeProxyMark, destinationIsLocal: dstIsLocal };
    },
    value: ({ masquerade, rule }, { engine }) => (engine === 'flannel' ? { masquerade, rule } : { masquerade }),
  },
  nonMasqueradeSet: {
    ask: ({ engine, config }) => {
      const { noMasqAllReservedRanges, ...rest } = membersOf(config);
      return { decision: 'nonMasqueradeCIDRs', settings: agentOf(rest), allReservedRanges: engine === 'cilium' || noMasqAllReservedRanges };
    },
    // The pack lists IPv6 only where its configuration says something of it.
    value: ({ cidrs }, { config }) => listOf(cidrs).filter((cidr) => cidr !== 'fe80::/10' || 'masqLinkLocalIPv6' in membersOf(config)),
  },
};

/** Whether the product decides this by a rule of its data plane. */
export function isDecision(fn: string): boolean {
  return Object.hasOwn(DECISIONS, fn);
}

/** Asks for one decision over HTTP. */
export async function askDecision(api: Api, fn: string, input: Members): Promise<Actual> {
  const decision = DECISIONS[fn];
  if (!decision) throw new Error(`\`${fn}\` is no decision of the data plane`);
  const { status, body } = await api.send('POST', '/dataplane/decide', decision.ask(input));
  if (status !== 200) throw new Error(`POST /dataplane/decide: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  const answer = body as Members;
  const warnings = listOf(answer['warnings']).flatMap((note) => membersOf(note)['code'] as string);
  return { results: [decision.value(answer, input) ?? null], warnings, error: null };
}

function masqueradingOf(engine: Json | undefined, config: Members): Members {
  switch (textOf(engine)) {
    case 'flannel':
      return { clusterCIDRs: [config['clusterCidr'] ?? null], podCIDRs: [config['podCidr'] ?? null] };
    case 'calico':
      return {
        pools: listOf(config['pools']).map((pool) => only(membersOf(pool), ['cidr', 'natOutgoing', 'allowedUses'])),
        exemptHosts: config['natOutgoingExclusions'] === 'IPPoolsAndHostIPs' ? config['hostAddresses'] : [],
      };
    case 'cilium':
      return {
        nativeRoutingCIDRs: [config['nativeRoutingCidr'] ?? []].flat() as Json,
        nodeAddresses: config['nodeAddresses'],
        localPodCIDRs: config['localPodCidrs'],
        ...('ipMasqAgent' in config ? { agent: agentOf(membersOf(config['ipMasqAgent'])) } : {}),
      };
    case 'ip-masq-agent': {
      const { noMasqAllReservedRanges, ...rest } = config;
      return { settings: agentOf(rest), allReservedRanges: noMasqAllReservedRanges };
    }
    default:
      throw new Error(`the pack's engine \`${textOf(engine)}\` is not known to the runner`);
  }
}

function agentOf({ nonMasqueradeCidrs, masqLinkLocal, masqLinkLocalIPv6 }: Members): Members {
  return { nonMasqueradeCIDRs: nonMasqueradeCidrs, masqLinkLocal, masqLinkLocalIPv6 };
}

function membersOf(value: Json | undefined): Members {
  return (value ?? {}) as Members;
}

function listOf(value: Json | undefined): readonly Json[] {
  return (value ?? []) as readonly Json[];
}

function only(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}
