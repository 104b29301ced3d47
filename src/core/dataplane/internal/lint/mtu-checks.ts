import type { NetworkModel } from '../../../model/network-model.js';
import type { IpFamily } from '../../../net/ip.js';
import { bytesAround, clusterMtu, overheadOf, underlayFamily } from '../../cluster-mtu.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { fitsUnderlay } from '../../pod-mtu.js';
import { tunnelKinds } from '../../tunnels.js';
import { felixConfigurationOf } from '../felix-of.js';
import { Underlay } from '../underlay.js';

/** MTUs that do not fit, or differ. */
export function* mtuChecks(model: NetworkModel): Generator<DataplaneDraft> {
  for (const family of model.profile.ipFamilies) yield* checksOf(model, family);
}

function* checksOf(model: NetworkModel, family: IpFamily): Generator<DataplaneDraft> {
  const byMtu = nodesByMtu(model, family);
  const smallest = Math.min(...byMtu.keys());
  const { mtu: set } = model.profile.cni;
  const source = model.profileSources.get('cni.mtu');
  if (byMtu.size > 1) {
    const told = [...byMtu].map(([mtu, nodes]) => `${mtu} (${nodes.slice(0, 3).join(', ')}${nodes.length > 3 ? ' …' : ''})`).join(', ');
    const message = `IPv${family}: the nodes’ devices have MTUs of ${told}`;
    yield { code: 'MTU_MIXED', message, fix: `set \`cni.mtu\` for the smallest of them, ${smallest}`, nodes: byMtu.get(smallest) };
  }
  yield* subnetChecks(model, family, smallest);
  for (const { hostMtu, node, nodes } of alike(model, byMtu)) {
    const { podMtu, warnings } = clusterMtu(model, family, { hostMtu, ...(node === undefined ? {} : { node }) });
    const about = { object: source?.object, pointer: source?.pointer, nodes };
    const around = largestOverhead(model, family);
    // What is set for all may not count on a node that Felix is told something else of.
    if (set !== undefined && set > hostMtu && podMtu === set) {
      const message = `IPv${family}: pods have an MTU of ${set}, and the nodes’ devices ${hostMtu}`;
      yield { ...about, code: 'MTU_LARGER_THAN_HOST', message, fix: `let pods have an MTU of at most ${hostMtu - around}` };
    } else if (tooLarge(model, family, { podMtu, hostMtu })) {
      const message = `IPv${family}: pods may send ${podMtu} bytes, ${around} are put around them, and the nodes’ network takes ${hostMtu}`;
      yield { ...about, code: 'MTU_TOO_LARGE', message, fix: `let pods have an MTU of at most ${hostMtu - around}` };
    }
    for (const { code, message } of warnings)
      if (code === 'OVERHEAD_UNDERSTATED')
        yield { code, message, fix: `let pods have an MTU of ${hostMtu - largestOnWire(model, family)}`, nodes };
  }
}

/** Nodes whose pods have one MTU: those of one device, but for each that Felix is told something else of by its name. */
interface AlikeNodes {
  readonly hostMtu: number;
  /** The one that Felix is told of. */
  readonly node: string | undefined;
  readonly nodes: readonly string[];
}

function* alike(model: NetworkModel, byMtu: ReadonlyMap<number, readonly string[]>): Generator<AlikeNodes> {
  for (const [hostMtu, nodes] of byMtu) {
    const own = nodes.filter((node) => felixConfigurationOf(model, node) !== undefined);
    if (own.length < nodes.length) {
      const names = new Set(own);
      yield { hostMtu, node: undefined, nodes: own.length === 0 ? nodes : nodes.filter((node) => !names.has(node)) };
    }
    for (const node of own) yield { hostMtu, node, nodes: [node] };
  }
}

/** Subnets of Kube-OVN with an MTU of their own, which goes before what the plugin reckons. */
function* subnetChecks(model: NetworkModel, family: IpFamily, hostMtu: number): Generator<DataplaneDraft> {
  if (model.profile.cni.plugin !== 'kube-ovn') return;
  const told = model.profileSources.get('cni.mtu')?.object;
  for (const { ref, mtu, cidrs, isUnderlay } of model.kubeOvnSubnets) {
    const around = isUnderlay ? 0 : largestOverhead(model, family);
    // What the default subnet says is the cluster's own.
    const isOfCluster = told?.kind === ref.kind && told.name === ref.name;
    if (mtu === undefined || isOfCluster || !cidrs.some((cidr) => cidr.family === family) || fitsUnderlay(mtu, around, hostMtu)) continue;
    const code = mtu > hostMtu ? 'MTU_LARGER_THAN_HOST' : 'MTU_TOO_LARGE';
    const message = `IPv${family}: pods of the subnet ${ref.name} may send ${mtu} bytes, ${around} are put around them, and the nodes’ network takes ${hostMtu}`;
    yield { code, object: ref, pointer: '/spec/mtu', message, fix: `let the subnet have an MTU of at most ${hostMtu - around}` };
  }
}

function tooLarge(
  model: NetworkModel,
  family: IpFamily,
  { podMtu, hostMtu }: { readonly podMtu: number; readonly hostMtu: number },
): boolean {
  const around = largestOverhead(model, family);
  return around > 0 && !fitsUnderlay(podMtu, around, Math.min(hostMtu, model.profile.underlay.mtu));
}

/** What the cluster's tunnels put around packets of a family, by the plugin's own reckoning: those of one mode, or of the largest of several pools. */
function largestOverhead(model: NetworkModel, family: IpFamily): number {
  return overheads(model, family, (wrapping, over) => overheadOf(model, wrapping, over));
}

function largestOnWire(model: NetworkModel, family: IpFamily): number {
  return overheads(model, family, (wrapping, over) => bytesAround(model, wrapping, over));
}

type Wrapping = ReturnType<typeof tunnelKinds>[number]['wrapping'];

function overheads(model: NetworkModel, family: IpFamily, of: (wrapping: Wrapping, over: IpFamily) => number): number {
  const over = underlayFamily(model, family);
  const own = tunnelKinds(model).filter((kind) => kind.family === family);
  const ciphers = own.filter(({ wrapping }) => 'adds' in wrapping).map(({ wrapping }) => of(wrapping, over));
  const carriers = own.filter(({ wrapping }) => !('adds' in wrapping)).map(({ wrapping }) => of(wrapping, over));
  return Math.max(0, ...carriers) + Math.max(0, ...ciphers);
}

function nodesByMtu(model: NetworkModel, family: IpFamily): ReadonlyMap<number, readonly string[]> {
  const underlay = new Underlay(model);
  const byMtu = new Map<number, string[]>();
  for (const node of model.nodes.values()) {
    const mtu = underlay.mtuOf(node, underlayFamily(model, family));
    const known = byMtu.get(mtu);
    if (known) known.push(node.name);
    else byMtu.set(mtu, [node.name]);
  }
  return byMtu;
}
