import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readProtocol } from './internal/read-protocol.js';
import { readResource } from './internal/read-resource.js';
import type { ServiceImport, ServiceImportPort } from './service-import.js';

const TYPES = ['ClusterSetIP', 'Headless'] as const;

/** Reads a ServiceImport (kubernetes-sigs/mcs-api `pkg/apis/v1alpha1/serviceimport.go`). */
export function normaliseServiceImport(root: ObjectReader, ref: ObjectRef): ServiceImport {
  const spec = root.object('spec') ?? root.empty('spec');
  if (!spec.has('type')) spec.error('missing-field', 'type', 'a ServiceImport needs a type: ClusterSetIP or Headless');
  const headless = spec.oneOf('type', TYPES) === 'Headless';
  return {
    ...readResource(root, ref),
    kind: 'ServiceImport',
    headless,
    ips: headless ? [] : spec.ips('ips'),
    ports: spec.objects('ports').flatMap(readPort),
  };
}

function readPort(reader: ObjectReader): readonly ServiceImportPort[] {
  if (!reader.has('port')) reader.error('missing-field', 'port', 'a port of a ServiceImport needs a number');
  const port = reader.integer('port', 1, 65535);
  const protocol = readProtocol(reader);
  if (port === undefined || protocol === undefined) return [];
  return [{ name: reader.text('name') ?? '', port, protocol, appProtocol: reader.text('appProtocol') }];
}
