import type { ObjectRef } from '../kernel/object-ref.js';
import type { FelixConfiguration } from './felix-configuration.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

const LARGEST_MTU = 65_535;

/** Reads a Calico FelixConfiguration. */
export function normaliseFelixConfiguration(root: ObjectReader, ref: ObjectRef): FelixConfiguration {
  const spec = root.object('spec') ?? root.empty('spec');
  return {
    ...readResource(root, ref),
    kind: 'FelixConfiguration',
    bpfEnabled: spec.boolean('bpfEnabled'),
    wireguardEnabled: spec.boolean('wireguardEnabled'),
    vxlanMTU: spec.integer('vxlanMTU', 0, LARGEST_MTU) || undefined,
    ipipMTU: spec.integer('ipipMTU', 0, LARGEST_MTU) || undefined,
  };
}
