import type { Note } from '../../kernel/answer.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { Carriage } from './carriage.js';
import type { Underlay } from './underlay.js';

/** What the carriage between two nodes rests on that no object tells. */
export function carriageAssumptions(
  { profileSources }: NetworkModel,
  underlay: Underlay,
  [from, to]: readonly [ModelNode, ModelNode],
  { carrier, over, why }: Carriage,
): readonly Note[] {
  const notes: Note[] = [];
  const isPlain = carrier.transport[over] === undefined;
  // Of a virtual network that gives pods their addresses nothing is assumed.
  const isRouted = isPlain && carrier.nextHop !== 'none';
  const onLink = underlay.isOnLink(from, to, over);
  if (underlay.subnetOf(from, over) === undefined && (isRouted || carrier.onLinkOnly || why.includes('CrossSubnet'))) {
    const message = `the subnet of node ${from.name} is not known; set \`underlay.subnets\``;
    notes.push({ code: 'NODE_SUBNET_UNKNOWN', message });
  }
  if (isRouted && !carrier.onLinkOnly && onLink !== true && profileSources.get('underlay.routesPods')?.provenance === 'assumed') {
    const message = 'the routers between the nodes are taken to know the pods’ ranges; set `underlay.routesPods`';
    notes.push({ code: 'UNDERLAY_ROUTES_ASSUMED', message });
  }
  return notes;
}
