import type { Steps } from '../../../kernel/steps.js';
import type { ModelNode, NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrContains, formatCidr } from '../../../net/cidr.js';
import type { Ip, IpFamily } from '../../../net/ip.js';
import { carrierOf } from '../../carriers.js';
import { clusterMode } from '../../cluster-mode.js';
import { underlayFamily } from '../../cluster-mtu.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { encapsulationOf } from '../../encapsulation.js';
import { needsSegment } from '../carriage.js';
import { Underlay } from '../underlay.js';

/** Nodes that take the same subnet for theirs. */
interface Neighbourhood {
  readonly subnet: Cidr | undefined;
  readonly nodes: readonly { readonly node: ModelNode; readonly address: Ip }[];
}

/** Ways that differ by direction, and ways that there are not. Nodes are compared by subnet: a cluster has few of them. */
export function* routeChecks(model: NetworkModel): Steps<readonly DataplaneDraft[]> {
  const drafts: DataplaneDraft[] = [];
  const families = new Set(model.profile.ipFamilies.map((family) => underlayFamily(model, family)));
  for (const family of families) {
    const all = neighbourhoods(model, family);
    for (const [index, one] of all.entries()) {
      yield;
      for (const other of all.slice(index + 1)) {
        const found = [
          ...(wrapsBySubnet(model) ? asymmetric(one, other) : []),
          ...(isPlain(model, family) ? unreachable(model, one, other) : []),
        ];
        drafts.push(...found);
      }
    }
  }
  return drafts;
}

function neighbourhoods(model: NetworkModel, family: IpFamily): readonly Neighbourhood[] {
  const underlay = new Underlay(model);
  const byText = new Map<string, { subnet: Cidr | undefined; nodes: { node: ModelNode; address: Ip }[] }>();
  for (const node of model.nodes.values()) {
    const address = underlay.addressOf(node, family);
    if (!address) continue;
    const subnet = underlay.subnetOf(node, family);
    const key = subnet ? formatCidr(subnet) : '';
    const known = byText.get(key) ?? { subnet, nodes: [] };
    known.nodes.push({ node, address });
    byText.set(key, known);
  }
  return [...byText.values()];
}

function wrapsBySubnet(model: NetworkModel): boolean {
  const isOfPool =
    model.profile.cni.plugin === 'calico' && model.calico.ipPools.some((pool) => encapsulationOf(pool).mode === 'CrossSubnet');
  return isOfPool || model.profile.cni.crossSubnet;
}

/** Each side wraps unless its own subnet holds the other's address. */
function* asymmetric(one: Neighbourhood, other: Neighbourhood): Generator<DataplaneDraft> {
  for (const [here, there] of [[one, other] as const, [other, one] as const]) {
    // `there` takes some node of `here` for a neighbour, which does not take it for one.
    const seen = here.nodes.find(({ address }) => there.subnet && cidrContains(there.subnet, address));
    const unseen = there.nodes.find(({ address }) => !here.subnet || !cidrContains(here.subnet, address));
    if (!seen || !unseen) continue;
    const [from, to] = [seen.node.name, unseen.node.name];
    const message = `${from} (${subnetText(here)}) wraps packets for ${to} (${subnetText(there)}), and ${to} does not wrap its own for ${from}`;
    yield {
      code: 'ROUTES_ASYMMETRIC',
      message,
      object: seen.node.ref,
      fix: 'give nodes of one subnet the same prefix length',
      nodes: [from, to],
    };
  }
}

function subnetText({ subnet }: Neighbourhood): string {
  return subnet ? formatCidr(subnet) : 'its subnet is not known';
}

function isPlain(model: NetworkModel, family: IpFamily): boolean {
  const { plugin, encryption } = model.profile.cni;
  const { mode } = clusterMode(model);
  if (encryption !== 'none') return false;
  if (plugin === 'calico' && model.calico.ipPools.length > 0)
    return model.calico.ipPools.some((pool) => encapsulationOf(pool).mode === 'Never');
  return carrierOf(plugin, mode).transport[family] === undefined;
}

function* unreachable(model: NetworkModel, one: Neighbourhood, other: Neighbourhood): Generator<DataplaneDraft> {
  const { plugin } = model.profile.cni;
  const { mode } = clusterMode(model);
  const carrier = carrierOf(plugin, mode);
  const { onLinkOnly } = carrier;
  const isDirect = needsSegment(model, carrier);
  if (!onLinkOnly && !isDirect && model.profile.underlay.routesPods) return;
  const { subnet } = one;
  const [here] = one.nodes;
  const far = other.nodes.find(({ address }) => subnet && !cidrContains(subnet, address));
  if (!subnet || !here || !far) return;
  const why = onLinkOnly
    ? `${plugin} in mode \`${mode}\` lays routes on one layer 2 segment only`
    : isDirect
      ? 'Cilium lays direct routes on one layer 2 segment only'
      : 'nothing is wrapped, and the underlay does not know the pods';
  const message = `pods of ${far.node.name} (${subnetText(other)}) cannot be reached from ${here.node.name} (${subnetText(one)}): ${why}`;
  const fix = onLinkOnly
    ? 'use a mode that wraps, or put the nodes on one segment'
    : isDirect
      ? 'set `direct-routing-skip-unreachable` and teach the routers the pods’ ranges (BGP), or use a mode that wraps'
      : 'teach the routers the pods’ ranges (BGP), or use a mode that wraps';
  yield { code: 'NODES_UNREACHABLE', message, object: far.node.ref, fix, nodes: [here.node.name, far.node.name] };
}
