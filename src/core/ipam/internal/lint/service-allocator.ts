import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { ModelPod } from '../../../model/network-model.js';
import type { NetworkComponent } from '../../../resources/pod.js';

/** A feature gate, and the minor releases in which it came and was switched on (kubernetes `pkg/features/kube_features.go`). */
interface Gate {
  readonly name: string;
  readonly since: number;
  readonly onSince: number;
  /** From this release on nobody can switch it. */
  readonly lockedSince: number;
}

const GATES: readonly Gate[] = [
  { name: 'MultiCIDRServiceAllocator', since: 27, onSince: 33, lockedSince: 34 },
  { name: 'DisableAllocatorDualWrite', since: 31, onSince: 34, lockedSince: 35 },
];

/**
 * Whether the API server of a pod writes the bitmap of the old allocator, as all do that have one of the two gates off (kubernetes `cmd/kube-apiserver/app/options/validation.go`,
 * validateClusterIPFlags). `unknown`: no pod tells.
 */
export function keepsBitmap(pods: readonly ModelPod[], object: ObjectRef | undefined): 'always' | 'never' | 'unknown' {
  if (object?.kind !== 'Pod') return 'unknown';
  const pod = pods.find(({ ref }) => ref.name === object.name && ref.namespace === object.namespace);
  const component = pod?.spec.containers.find((one) => one.component?.image === 'kube-apiserver')?.component;
  const minor = /^v?1\.(\d+)/.exec(component?.tag ?? '')?.[1];
  if (!component || minor === undefined) return 'unknown';
  const given = gatesOf(component);
  // What these switch depends on the stage of each gate in that release.
  if (given.has('AllAlpha') || given.has('AllBeta')) return 'unknown';
  return GATES.every((gate) => isOn(gate, Number(minor), given.get(gate.name))) ? 'never' : 'always';
}

function isOn({ since, onSince, lockedSince }: Gate, minor: number, given: boolean | undefined): boolean {
  if (minor < since || minor >= lockedSince) return minor >= lockedSince;
  return given ?? minor >= onSince;
}

/** `--feature-gates=A=true,B=false`, given once or more often. */
function gatesOf({ arguments: all }: NetworkComponent): ReadonlyMap<string, boolean> {
  const flags = all.flatMap((one, index) => {
    if (one === '--feature-gates') return all[index + 1] ?? [];
    return one.startsWith('--feature-gates=') ? one.slice('--feature-gates='.length) : [];
  });
  const pairs = flags.flatMap((text) => text.split(',')).map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', value]) => [name, value?.toLowerCase() === 'true']));
}
