import type { ModelNode } from '../../model/network-model.js';
import { formatIp, type Ip } from '../../net/ip.js';
import type { EncapView, HopView, TranslationView, WayView } from '../path-result.js';

/** The addresses of a packet. */
export interface Addressed {
  readonly source: Ip;
  readonly destination: Ip;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** A rewriting of addresses at a stage: what changes. */
export interface Translation {
  readonly kind: TranslationView['kind'];
  readonly change: Partial<Addressed>;
  readonly rule: string;
}

/** A station of a way, before it is known which addresses a packet has there. */
export interface Stage {
  readonly node: ModelNode | undefined;
  readonly device: string;
  readonly netns: string;
  readonly mtu: number;
  /** Bytes around a packet when it leaves. */
  readonly overhead: number;
  /** The largest packet, where that is less than MTU and overhead say: routes may carry an MTU of their own. */
  readonly limit?: number | undefined;
  readonly encap: readonly EncapView[];
  readonly rule: string;
  readonly translations?: readonly Translation[];
}

/** A stage where nothing is around the packet. */
export function plainStage(node: ModelNode | undefined, device: string, netns: string, mtu: number, rule: string): Stage {
  return { node, device, netns, mtu, overhead: 0, encap: [], rule };
}

/** The same stages with translations at one of them. */
export function translating(stages: readonly Stage[], at: number, translations: readonly Translation[]): readonly Stage[] {
  if (translations.length === 0) return stages;
  return stages.map((stage, index) =>
    index === at ? { ...stage, translations: [...(stage.translations ?? []), ...translations] } : stage,
  );
}

/** Follows a packet along its way: which addresses it has where. */
export function narrate(stages: readonly Stage[], packet: Addressed): { readonly hops: readonly HopView[]; readonly arrives: Addressed } {
  const hops: HopView[] = [];
  let now = packet;
  for (const [index, stage] of stages.entries()) {
    const came = now;
    const translations: TranslationView[] = [];
    for (const { kind, change, rule } of stage.translations ?? []) {
      now = { ...now, ...change };
      translations.push({ kind, ...addressView(now), rule });
    }
    hops.push({
      hop: index + 1,
      node: stage.node?.name ?? null,
      device: stage.device,
      netns: stage.netns,
      ...addressView(came),
      encap: stage.encap,
      mtu: stage.mtu,
      fits: Math.min(stage.mtu - stage.overhead, stage.limit ?? stage.mtu),
      translations,
      rule: stage.rule,
    });
  }
  return { hops, arrives: now };
}

function addressView({ source, destination, sourcePort, destinationPort }: Addressed) {
  return { srcIp: formatIp(source), dstIp: formatIp(destination), srcPort: sourcePort, dstPort: destinationPort };
}

/** One direction, with the largest packet that fits through all of it. */
export function wayOf(hops: readonly HopView[]): WayView {
  const wrapped = hops.some(({ encap }) => encap.length > 0);
  return { hops, wrapped, pathMtu: hops.length === 0 ? null : Math.min(...hops.map(({ fits }) => fits)) };
}
