import type { Note } from '../../../kernel/answer.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../../model/network-model.js';
import type { CniPlugin } from '../../../model/network-profile.js';
import { parseCidr } from '../../../net/cidr.js';
import { formatIp, type IpFamily } from '../../../net/ip.js';
import type { AllocationPast } from '../../allocation-memory.js';
import { type NodeGrant, partsText } from '../../node-grant.js';
import { blockChance } from '../calico/block-chance.js';
import { CalicoAsks } from '../calico/calico-asks.js';
import { CalicoGrants, type GrantRequest } from '../calico/calico-grants.js';
import { calicoPools, hasBlocks } from '../calico/model-pools.js';
import { type JoinGrant, joinGrant, type Joined } from '../../join-grant.js';
import { OUTSIDE, rangeGiver } from '../range-giver.js';
import { familiesToAsk } from './joining-node.js';
import { nextOf } from './joining-next.js';
import { poolOfParts } from './pool-of-parts.js';

/** Which addresses pods like this one get that join its node, so many of them. What they have is left out of account: they are new. */
export function joiningPod(model: NetworkModel, past: AllocationPast, pod: ModelPod, node: ModelNode, count: number): Joined {
  if (pod.spec.hostNetwork) {
    const message = `a pod on the node’s network has the addresses of ${node.name}, and none of a pool`;
    return { grants: [joinGrant({ family: 4, outcome: 'NOT_ASKED', reason: 'POD_ON_HOST_NETWORK', message })], assumptions: [] };
  }
  if (!hasBlocks(model)) {
    const families = familiesToAsk(model, model.profile.podCIDRs);
    const untold = untoldSource(model);
    if (untold !== undefined) {
      const grants = families.map((family) => joinGrant({ family, outcome: 'UNKNOWN', reason: 'POOL_HAS_NO_STRATEGY', message: untold }));
      return { grants, assumptions: [] };
    }
    const grants = families.map((family) => nextOf(model, past, { plane: 'pod', family, count, pod, seed: node.name }));
    return { grants, assumptions: orderNote(model, grants) };
  }
  const pools = calicoPools(model);
  const families = familiesToAsk(
    model,
    pools.map(({ cidr }) => cidr),
  );
  const grants = families.map((family) => ofCalico(model, past, { pod, node, family, count }));
  return { grants: bothOrNone(grants), assumptions: [...blockChance(grants.flatMap(({ parts }) => parts)), ...ipv6Note(model, grants)] };
}

/** Why nothing tells where a pod's address comes from; undefined: something does. */
function untoldSource(model: NetworkModel): string | undefined {
  const giver = rangeGiver(model);
  if (giver === 'interfaces') return `pods get addresses of ${OUTSIDE}: no object tells of them`;
  return giver === 'unknown' && model.profile.cni.plugin === 'unknown'
    ? 'nothing tells of the network plugin, or of ranges that nodes have'
    : undefined;
}

/**
 * "Default to NOT assigning an IPv6 address" (projectcalico/calico `cni-plugin/pkg/ipamplugin/ipam_plugin.go`); Calico's operator tells the plugin to where there is a pool of IPv6
 * (tigera/operator `pkg/render/node.go`). A pod that has such an address shows that it does.
 */
function ipv6Note(model: NetworkModel, grants: readonly JoinGrant[]): readonly Note[] {
  const isTold = model.calico.cni !== undefined || !grants.some(({ family, outcome }) => family === 6 && outcome === 'GIVEN');
  const isSeen = () =>
    model.pods.some(
      ({ ips, spec }) => !spec.hostNetwork && ips.some(({ value, provenance }) => value.family === 6 && provenance === 'observed'),
    );
  if (isTold || isSeen()) return [];
  const message =
    'the configuration of Calico’s CNI plugin was not imported: it is taken to ask for an IPv6 address (`assign_ipv6`), as Calico’s operator writes it where there is a pool of IPv6; by itself the plugin asks for none';
  return [{ code: 'IPV6_ASSIGNMENT_ASSUMED', message }];
}

interface CalicoJoin {
  readonly pod: ModelPod;
  readonly node: ModelNode;
  readonly family: IpFamily;
  readonly count: number;
}

function ofCalico(model: NetworkModel, past: AllocationPast, { pod, node, family, count }: CalicoJoin): JoinGrant {
  const ask = new CalicoAsks(model, pod).of(family);
  if (ask.kind === 'none') return joinGrant({ family, outcome: ask.isFault ? 'REFUSED' : 'NOT_ASKED', ...ask.refusal });
  const grants = new CalicoGrants(model, past.book, past.memory);
  if (ask.kind === 'address') {
    if (count > 1) {
      const message = `${ask.message}, which one pod of ${count} can have`;
      return joinGrant({ family, outcome: 'REFUSED', reason: 'NAMED_ADDRESS_TAKEN', message });
    }
    const named = grants.named(node, ask.ip);
    if (!('code' in named)) return granted(model, family, named, ask.message);
    return joinGrant({ family, outcome: 'REFUSED', reason: 'NAMED_ADDRESS_TAKEN', message: `${ask.message}: ${named.message}` });
  }
  const request: GrantRequest = {
    node,
    family,
    count,
    barred: [],
    pools: ask.kind === 'pools' ? ask.pools.flatMap((text) => parseCidr(text) ?? []) : [],
    namespaceLabels: model.namespaces.get(pod.namespace)?.labels ?? {},
  };
  const grant = grants.any(request);
  const why = ask.kind === 'pools' ? `${ask.message}: ` : '';
  if (!grant.lack) return granted(model, family, grant, `${why}${partsText(grant.parts)}`);
  // cmdAdd: an error of the call as it is; of less than was asked for, which family it is.
  const message = `${why}${grant.lack.error ?? `failed to request IPv${family} addresses: ${grant.lack.message}`}`;
  return joinGrant({ family, outcome: 'REFUSED', reason: grant.lack.reason, message });
}

function granted(model: NetworkModel, family: IpFamily, { given, parts }: NodeGrant, message: string): JoinGrant {
  const addresses = given.map(({ ip }) => formatIp(ip));
  return joinGrant({ family, outcome: 'GIVEN', pool: poolOfParts(model, parts), addresses, parts, reason: 'POOL_SELECTED', message });
}

/** Half a dual-stack success goes back, by cmdAdd itself or by the cmdDel of a pod that fails (projectcalico/calico `cni-plugin/pkg/ipamplugin/ipam_plugin.go`). */
function bothOrNone(grants: readonly JoinGrant[]): readonly JoinGrant[] {
  const refused = grants.find(({ outcome }) => outcome === 'REFUSED');
  if (!refused) return grants;
  return grants.map((grant) =>
    grant.outcome === 'GIVEN'
      ? joinGrant({
          family: grant.family,
          outcome: 'REFUSED',
          reason: refused.reason,
          message: `${grant.addresses.join(', ')} would be given, and goes back: the pod fails, as it gets no IPv${refused.family} address`,
        })
      : grant,
  );
}

function orderNote({ profile }: NetworkModel, grants: readonly JoinGrant[]): readonly Note[] {
  if (!grants.some(({ outcome }) => outcome === 'GIVEN')) return [];
  const { plugin } = profile.cni;
  return [
    {
      code: 'ADDRESS_ORDER_UNTOLD',
      message:
        ORDERS[plugin] ??
        `which address of the node was given last no object tells: ${plugin === 'unknown' ? 'the plugin' : plugin} may go on behind it`,
    },
  ];
}

/** Why others may come first, where it is not that the search goes on behind the last one. */
const ORDERS: Readonly<Partial<Record<CniPlugin, string>>> = {
  cilium: 'Cilium’s agent draws addresses of the node’s range at random: those that are told are possible ones',
  weave:
    'a peer of Weave gives the lowest address of the part of the ring that it owns, which no object tells: those that are told are possible ones',
};
