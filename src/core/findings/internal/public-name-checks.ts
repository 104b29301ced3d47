import { PUBLIC_LABELS } from '../../dns/public-labels.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { FindingDraft } from '../finding.js';

const PROBE = 'a cluster’s search list turns names such as';

/** A service called like a public domain. ExternalNames have nothing below them, and capture nothing. */
export function* publicServiceNames(_model: NetworkModel, { namespace, name, ref, resource }: ModelService): Generator<FindingDraft> {
  if (!PUBLIC_LABELS.has(name) || resource.type === 'ExternalName') return;
  const message = `service \`${namespace}/${name}\` is called like a public domain: in its namespace ${PROBE} \`example.${name}\` into names below it`;
  yield { code: 'SEARCH_CAPTURE', object: ref, pointer: '/metadata/name', message };
}

/** Namespaces called like a public domain that have services, whose names are captured: `example.com` where there is a service `com/example`. */
export function* publicNamespaces(model: NetworkModel, isWanted: (namespace: string) => boolean): Generator<FindingDraft> {
  for (const label of PUBLIC_LABELS) {
    const namespace = model.namespaces.get(label);
    if (!namespace || !isWanted(label)) continue;
    const services = [...model.services.values()].filter((service) => service.namespace === label);
    const [first] = services;
    if (!first) continue;
    yield {
      code: 'SEARCH_CAPTURE',
      object: namespace.ref,
      pointer: '/metadata/name',
      message: `namespace \`${label}\` is called like a public domain: ${PROBE} \`${first.name}.${label}\` into services of it`,
      related: services.map(({ ref }) => ({ object: ref, pointer: '/metadata/name' })),
    };
  }
}
