import type { ObjectRef } from '../kernel/object-ref.js';
import { readCalicoNets } from './internal/read-calico-nets.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { NetworkSet } from './network-set.js';

const FIELDS: ReadonlySet<string> = new Set(['nets']);
const NAMESPACE_LABEL = 'projectcalico.org/namespace';

/** Reads a NetworkSet (projectcalico/calico `api/pkg/apis/projectcalico/v3/networkset.go`). */
export function normaliseNetworkSet(root: ObjectReader, ref: ObjectRef): NetworkSet {
  return { ...readResource(root, ref), kind: 'NetworkSet', namespace: ref.namespace ?? 'default', nets: readNets(root) };
}

/** Reads a GlobalNetworkSet. */
export function normaliseGlobalNetworkSet(root: ObjectReader, ref: ObjectRef): NetworkSet {
  return { ...readResource(root, ref), kind: 'GlobalNetworkSet', namespace: undefined, nets: readNets(root) };
}

function readNets(root: ObjectReader) {
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  const labels = root.object('metadata')?.object('labels');
  if (labels?.has(NAMESPACE_LABEL)) {
    labels.error('invalid-label', NAMESPACE_LABEL, `\`${NAMESPACE_LABEL}\` is set by Calico itself, and must not be among the labels`);
  }
  return readCalicoNets(spec, 'nets');
}
