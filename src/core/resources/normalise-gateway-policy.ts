import type { ObjectRef } from '../kernel/object-ref.js';
import type { BackendTLSPolicy, ReferenceGrant } from './gateway.js';
import type { ObjectReader } from './internal/object-reader.js';
import { checkHostname } from './internal/read-gateway-hostname.js';
import { readObjectReference, readObjectReferences } from './internal/read-gateway-reference.js';
import { readResource, readStatusedResource } from './internal/read-resource.js';

/** Reads a ReferenceGrant (gateway-api `apis/v1/referencegrant_types.go`). An entry that cannot be read grants nothing. */
export function normaliseReferenceGrant(root: ObjectReader, ref: ObjectRef): ReferenceGrant {
  const spec = root.object('spec') ?? root.empty('spec');
  return {
    ...readResource(root, ref),
    kind: 'ReferenceGrant',
    namespace: ref.namespace ?? 'default',
    from: spec.objects('from').flatMap((reader) => {
      const [group, kind, namespace] = [reader.text('group') ?? '', needed(reader, 'kind'), needed(reader, 'namespace')];
      return kind === undefined || namespace === undefined ? [] : [{ group, kind, namespace }];
    }),
    to: spec.objects('to').flatMap((reader) => {
      const [group, kind] = [reader.text('group') ?? '', needed(reader, 'kind')];
      return kind === undefined ? [] : [{ group, kind, name: reader.filledText('name') }];
    }),
  };
}

function needed(reader: ObjectReader, field: string): string | undefined {
  const value = reader.filledText(field);
  if (value === undefined && !reader.has(field)) reader.error('missing-field', field, `an entry of a grant needs \`${field}\``);
  return value;
}

/** Reads a BackendTLSPolicy (gateway-api `apis/v1/backendtlspolicy_types.go`). */
export function normaliseBackendTLSPolicy(root: ObjectReader, ref: ObjectRef): BackendTLSPolicy {
  const spec = root.object('spec') ?? root.empty('spec');
  const validation = spec.object('validation') ?? spec.empty('validation');
  const hostname = validation.filledText('hostname');
  const caCertificateRefs = readObjectReferences(validation, 'caCertificateRefs', '', 'ConfigMap');
  const system = validation.oneOf('wellKnownCACertificates', ['System']);
  return {
    ...readStatusedResource(root, ref),
    kind: 'BackendTLSPolicy',
    namespace: ref.namespace ?? 'default',
    targetRefs: spec.objects('targetRefs').flatMap((reader) => {
      const reference = readObjectReference(reader, '', 'Service');
      return reference ? [{ ...reference, sectionName: reader.filledText('sectionName') }] : [];
    }),
    caCertificateRefs,
    usesSystemCertificates: system !== undefined,
    fault: validationFault(validation, hostname),
    hostname: hostname ?? '',
    subjectAltNames: validation.objects('subjectAltNames').map(readAlternativeName),
  };
}

/** A name of its type, and none of the other one (the validations of `SubjectAltName`). */
function readAlternativeName(reader: ObjectReader): BackendTLSPolicy['subjectAltNames'][number] {
  const type = reader.oneOf('type', ['Hostname', 'URI']) ?? '';
  const [own, other] = type === 'URI' ? ['uri', 'hostname'] : ['hostname', 'uri'];
  const value = reader.filledText(own);
  if (value === undefined) reader.error('missing-field', own, `a name of type ${type} needs \`${own}\``);
  else if (type === 'URI' && !/^[^:/?#]+:\/\/[^/?#]*/.test(value))
    reader.error('invalid-value', own, `\`${value}\` is no URI with a scheme`);
  if (reader.filledText(other) !== undefined) reader.error('invalid-value', other, `\`${other}\` belongs to a name of the other type`);
  return { type, value: value ?? '' };
}

/** The validations of `BackendTLSPolicyValidation`: a precise hostname, and either references to authorities or those of the system. */
function validationFault(validation: ObjectReader, hostname: string | undefined): string | undefined {
  const refuse = (field: string, message: string) => {
    validation.error('invalid-value', field, message);
    return message;
  };
  const wellKnown = validation.filledText('wellKnownCACertificates');
  const names = validation.objects('caCertificateRefs').length > 0;
  if (hostname === undefined) return refuse('hostname', 'a BackendTLSPolicy needs the hostname of its backend');
  if (hostname.startsWith('*') || checkHostname(validation, 'hostname', hostname) === undefined) {
    return refuse('hostname', `\`${hostname}\` is no precise hostname`);
  }
  if (wellKnown !== undefined && wellKnown !== 'System') return `the well-known certificates \`${wellKnown}\` are not known`;
  if (names === (wellKnown !== undefined)) {
    return refuse('caCertificateRefs', 'either `caCertificateRefs` or `wellKnownCACertificates` has to be given, and not both');
  }
  return undefined;
}
