import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import type { RouteCertificate } from '../../route-result.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers } from '../request-host.js';
import type { JudgedListener } from './listener-status.js';

/** The certificate of a listener that is made out to the SNI, else its first one (`apis/v1/gateway_types.go`, `ListenerTLSConfig.CertificateRefs`). */
export function presentedCertificate(
  model: NetworkModel,
  { listener, owner, certificates }: JudgedListener,
  sni: string | undefined,
): { readonly certificate: RouteCertificate; readonly steps: readonly EvidenceStep[] } | undefined {
  const read = certificates.map((reference) => {
    const names = namesOf(model, owner.namespace, reference);
    return {
      reference,
      names,
      covers: sni === undefined || !names ? undefined : names.some((name) => hostCovers(name, sni.toLowerCase())),
    };
  });
  const chosen = read.find(({ covers }) => covers === true) ?? read[0];
  if (!chosen) return undefined;
  const { reference, names, covers } = chosen;
  const namespace = reference.namespace ?? owner.namespace;
  const certificate: RouteCertificate = {
    sni: sni ?? null,
    namespace,
    secret: reference.name,
    object: describeRef(owner.ref),
    pointer: reference.pointer,
    host: listener.hostname ?? '*',
    names: names ?? null,
    covers: covers ?? null,
  };
  const message = `Secret ${namespace}/${reference.name} of listener \`${listener.name}\` is presented`;
  const steps: EvidenceStep[] = [
    { stage: 'certificate', outcome: 'selected', reason: 'CERTIFICATE_SELECTED', message, object: owner.ref, pointer: reference.pointer },
  ];
  if (covers === false) {
    const mismatch = `it is made out to ${names?.join(', ') ?? 'nobody'}, not to \`${sni ?? ''}\`: clients would refuse it`;
    steps.push({
      stage: 'certificate',
      outcome: 'info',
      reason: 'CERTIFICATE_MISMATCH',
      message: mismatch,
      object: owner.ref,
      pointer: reference.pointer,
    });
  }
  return { certificate, steps };
}

function namesOf(model: NetworkModel, namespace: string, { name, namespace: other }: ObjectReference): readonly string[] | undefined {
  const pem = model.secrets.get(`${other ?? namespace}/${name}`)?.tlsCertificate;
  return pem === undefined ? undefined : certificateNames(pem);
}
