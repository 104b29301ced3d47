import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import type { RouteCertificate } from '../../route-result.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers } from '../request-host.js';
import type { JudgedListener } from './listener-status.js';

/**
 * The certificate of a listener that is made out to the SNI, the longest name first ("MUST use the longest matching SNI out of all available certificates"), else its
 * first one (`apis/v1/gateway_types.go`, `Listener.TLS`, `ListenerTLSConfig.CertificateRefs`).
 */
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
      length: sni === undefined || !names ? undefined : longestCovering(names, sni.toLowerCase()),
    };
  });
  const longest = read.reduce((most, { length = 0 }) => Math.max(most, length), 0);
  const chosen = read.find(({ length = 0 }) => length === longest);
  if (!chosen) return undefined;
  const { reference, names, length } = chosen;
  const covers = length === undefined ? undefined : length > 0;
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

/** Characters of the longest name of a certificate that covers a host; 0: none does. A wildcard is never as long as what it covers. */
function longestCovering(names: readonly string[], host: string): number {
  const covering = names.filter((name) => hostCovers(name, host));
  return covering.reduce((most, name) => Math.max(most, name.startsWith('*') ? name.length - 1 : name.length), 0);
}

function namesOf(model: NetworkModel, namespace: string, { name, namespace: other }: ObjectReference): readonly string[] | undefined {
  const pem = model.secrets.get(`${other ?? namespace}/${name}`)?.tlsCertificate;
  return pem === undefined ? undefined : certificateNames(pem);
}
