import { describeRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { ModelPod, NetworkModel } from '../../../model/network-model.js';
import { formatCidr } from '../../../net/cidr.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { allPools } from '../../all-pools.js';
import type { IpamDraft } from '../../ipam-finding.js';
import { type BlockOwner, blockOwners } from '../block-owners.js';

const PODS_A_STEP = 500;

/** Pods and the nodes they run on: a node that is gone, and addresses of another node's range or block. */
export function* placeChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  const drafts: IpamDraft[] = [];
  const isCalico = model.profile.cni.plugin === 'calico';
  const ownerOf = isCalico ? yield* blockOwners(model) : ownerByRange(model);
  const gone = new Map<string, string[]>();
  for (const [index, pod] of model.pods.entries()) {
    if (index % PODS_A_STEP === 0) yield;
    if (pod.finished || pod.spec.hostNetwork || !pod.nodeName) continue;
    const name = pod.nodeName.value;
    if (!model.nodes.has(name)) {
      const held = gone.get(name) ?? [];
      gone.set(name, held);
      held.push(...pod.ips.map(({ value }) => formatIp(value)));
      continue;
    }
    for (const ip of pod.ips) {
      const owner = ip.provenance === 'observed' ? ownerOf(ip.value) : undefined;
      if (owner && owner.node !== name) drafts.push(elsewhere(pod, formatIp(ip.value), name, owner, model));
    }
  }
  return [...drafts, ...[...gone].map(([name, addresses]) => nodeGone(name, addresses))];
}

function ownerByRange(model: NetworkModel): (ip: Ip) => BlockOwner | undefined {
  // A range that the model gave the node itself is a guess: nobody is out of place in it.
  const blocks = allPools(model).flatMap(({ layout }) => (layout?.blocks ?? []).filter(({ provenance }) => provenance === 'observed'));
  const index = CidrIndex.of(
    blocks.flatMap(({ cidr, node }) => (node === null ? [] : [[cidr, { node, part: formatCidr(cidr) }] as const])),
  );
  return (ip) => index.longestMatch(ip)?.[0];
}

function elsewhere({ ref }: ModelPod, address: string, node: string, owner: BlockOwner, { profile, calico }: NetworkModel): IpamDraft {
  const isCalico = profile.cni.plugin === 'calico';
  const whose = !isCalico ? 'the range of' : calico.ipam.blocks.length > 0 ? 'the block of' : 'a block most of whose addresses are on';
  return {
    code: isCalico ? 'BORROWED' : 'OUTSIDE_NODE_RANGE',
    object: ref,
    pointer: '/status/podIPs',
    message: `${describeRef(ref)} runs on ${node} with ${address} of ${owner.part}, ${whose} ${owner.node}`,
    fix: 'make the pod anew, so that it gets an address of its node',
    addresses: [address],
  };
}

function nodeGone(name: string, addresses: readonly string[]): IpamDraft {
  const message = `node ${name} is gone, and pods that name it hold ${addresses.length} addresses`;
  return { code: 'NODE_GONE', message, fix: 'delete the pods: kube-controller-manager’s pod garbage collector does so', addresses };
}
