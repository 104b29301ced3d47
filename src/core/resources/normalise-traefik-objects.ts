import type { ObjectRef } from '../kernel/object-ref.js';
import { readHttpCodeRange } from './http-code-range.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import { readTraefikBackend } from './internal/read-traefik-backend.js';
import type { ServersTransport, TLSOption, TLSStore, TraefikService, TraefikServiceAction } from './traefik.js';

/** Reads a TraefikService (traefik/traefik `pkg/provider/kubernetes/crd/traefikio/v1alpha1/service.go`). */
export function normaliseTraefikService(root: ObjectReader, ref: ObjectRef): TraefikService {
  const spec = root.object('spec') ?? root.empty('spec');
  const action = actionOf(spec);
  if (action.type === 'invalid') root.error('invalid-value', 'spec', action.why);
  return { ...readResource(root, ref), kind: 'TraefikService', namespace: ref.namespace ?? 'default', action };
}

/** In the order in which `buildTraefikService` asks for them. */
function actionOf(spec: ObjectReader): TraefikServiceAction {
  const weighted = spec.object('weighted');
  if (weighted) return { type: 'weighted', services: backendsOf(weighted, 'services'), sticky: weighted.has('sticky') };
  const mirroring = spec.object('mirroring');
  if (mirroring) return mirroringOf(mirroring);
  const random = spec.object('highestRandomWeight');
  if (random) return { type: 'highestRandomWeight', services: backendsOf(random, 'services') };
  const failover = spec.object('failover');
  if (failover) return failoverOf(failover);
  return { type: 'invalid', why: 'a TraefikService needs one of `weighted`, `mirroring`, `highestRandomWeight`, `failover`' };
}

function backendsOf(reader: ObjectReader, field: string) {
  return reader.objects(field).flatMap((one) => readTraefikBackend(one) ?? []);
}

function mirroringOf(reader: ObjectReader): TraefikServiceAction {
  const main = readTraefikBackend(reader);
  if (!main) return { type: 'invalid', why: '`mirroring` needs the Service that answers' };
  const mirrors = reader.objects('mirrors').flatMap((one) => {
    const backend = readTraefikBackend(one);
    return backend ? [{ backend, percent: one.integer('percent', 0, 100) ?? 0 }] : [];
  });
  return { type: 'mirroring', main, mirrors };
}

function failoverOf(reader: ObjectReader): TraefikServiceAction {
  const [service, other] = [reader.object('service'), reader.object('fallback')];
  const [main, fallback] = [service && readTraefikBackend(service), other && readTraefikBackend(other)];
  if (!main || !fallback) return { type: 'invalid', why: '`failover` needs `service` and `fallback`' };
  const texts = reader.object('errors')?.texts('status') ?? [];
  const ranges = texts.map(readHttpCodeRange);
  const wrong = texts.find((_, index) => ranges[index] === undefined);
  if (wrong !== undefined) return { type: 'invalid', why: `\`${wrong}\` is neither a status nor a range of statuses, such as \`500-599\`` };
  return { type: 'failover', main, fallback, statuses: ranges.flatMap((range) => (range ? [range] : [])) };
}

/** Reads a TLSOption (`tlsoption.go`). */
export function normaliseTLSOption(root: ObjectReader, ref: ObjectRef): TLSOption {
  const spec = root.object('spec') ?? root.empty('spec');
  return {
    ...readResource(root, ref),
    kind: 'TLSOption',
    namespace: ref.namespace ?? 'default',
    sniStrict: spec.boolean('sniStrict') ?? false,
    clientAuth: {
      type: spec.object('clientAuth')?.filledText('clientAuthType'),
      secretNames: spec.object('clientAuth')?.texts('secretNames') ?? [],
    },
  };
}

/** Reads a TLSStore (`tlsstore.go`). */
export function normaliseTLSStore(root: ObjectReader, ref: ObjectRef): TLSStore {
  const spec = root.object('spec') ?? root.empty('spec');
  const secretOf = (reader: ObjectReader) => {
    const secretName = reader.filledText('secretName');
    if (secretName === undefined) reader.error('missing-field', 'secretName', 'a certificate needs the Secret that holds it');
    return secretName === undefined ? [] : [{ pointer: reader.pointer, secretName }];
  };
  const usual = spec.object('defaultCertificate');
  return {
    ...readResource(root, ref),
    kind: 'TLSStore',
    namespace: ref.namespace ?? 'default',
    defaultCertificate: usual && secretOf(usual)[0],
    certificates: spec.objects('certificates').flatMap(secretOf),
  };
}

/** Reads a ServersTransport (`serverstransport.go`). */
export function normaliseServersTransport(root: ObjectReader, ref: ObjectRef): ServersTransport {
  const spec = root.object('spec') ?? root.empty('spec');
  return {
    ...readResource(root, ref),
    kind: 'ServersTransport',
    namespace: ref.namespace ?? 'default',
    serverName: spec.filledText('serverName'),
    insecureSkipVerify: spec.boolean('insecureSkipVerify') ?? false,
    certificatesSecrets: spec.texts('certificatesSecrets'),
  };
}
