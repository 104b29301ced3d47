import type { Note } from '../../../kernel/answer.js';
import { inMap } from '../../../kernel/in-map.js';
import { describeRef, type ObjectRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { EndpointSlice } from '../../../resources/endpoint-slice.js';
import type { ServiceImport } from '../../../resources/service-import.js';
import type { ServicePort } from '../../../resources/service.js';
import type { EndpointOwner } from '../backend-outcome.js';

/** A service of the clusterset as a backend. */
export interface ImportedService extends EndpointOwner {
  readonly ports: readonly ServicePort[];
}

const IMPORTED = { group: 'multicluster.x-k8s.io', kind: 'ServiceImport' } as const;

/** Whether a reference is to a ServiceImport (gateway-api GEP-1748). */
export function isImport({ group, kind }: { readonly group: string; readonly kind: string }): boolean {
  return group === IMPORTED.group && kind === IMPORTED.kind;
}

const known = new WeakMap<NetworkModel, WeakMap<ServiceImport, ImportedService>>();

/** A ServiceImport (`namespace/name`) with the endpoints that the clusters of its clusterset give it; undefined where there is none. */
export function importedService(model: NetworkModel, name: string): ImportedService | undefined {
  const found = model.serviceImports.get(name);
  const services = inMap(known, model, () => new WeakMap<ServiceImport, ImportedService>());
  return found && inMap(services, found, () => read(model, found));
}

function read(model: NetworkModel, { ref, ports }: ServiceImport): ImportedService {
  const { name, namespace = '' } = ref;
  const slices = inMap(slicesOf, model, () => slicesByImport(model)).get(`${namespace}/${name}`) ?? [];
  return {
    ref,
    namespace,
    name,
    endpoints: { source: 'observed-slices', slices, candidates: [] },
    ports: ports.map((port) => ({ ...port, targetPort: port.port, nodePort: undefined })),
  };
}

/** KEP-1645, "EndpointSlice": the label of slices of the clusterset; they may be those of a derived Service as well. */
const LABEL = 'multicluster.kubernetes.io/service-name';

const slicesOf = new WeakMap<NetworkModel, ReadonlyMap<string, readonly EndpointSlice[]>>();

function slicesByImport({ services, orphanSlices }: NetworkModel): ReadonlyMap<string, readonly EndpointSlice[]> {
  const slices = new Map<string, EndpointSlice[]>();
  const note = (slice: EndpointSlice) => {
    const name = slice.labels[LABEL];
    if (name !== undefined) inMap(slices, `${slice.ref.namespace ?? ''}/${name}`, (): EndpointSlice[] => []).push(slice);
  };
  for (const { endpoints } of services.values()) endpoints.slices.forEach(note);
  orphanSlices.forEach(note);
  return slices;
}

/** "Support: Extended for Kubernetes ServiceImport": the text lets an implementation leave them out. */
export function importNote(ref: ObjectRef): Note {
  return { code: 'SERVICE_IMPORT_TAKEN', message: `the implementation is taken to lead to ${describeRef(ref)}, which it need not` };
}
