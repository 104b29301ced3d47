import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import type { BackendTLSPolicy, Gateway } from '../../../resources/gateway.js';
import type { ServicePort } from '../../../resources/service.js';
import type { BackendTls, RouteBackend, RouteCertificate } from '../../route-result.js';
import { type Certificate, namesIn } from '../certificate.js';
import { hostCovers } from '../request-host.js';
import { backendPolicy, policyFault } from './backend-tls.js';
import { type CertificateCheck, checkIssuer, storedCertificate } from './check-certificate.js';
import { ownCertificate } from './own-certificate.js';

/** An annotation of a Service or its EndpointSlices: the Secret with the certificate that the backend presents, which no object of Kubernetes tells. */
const ANNOTATION = 'portolan/backend-certificate';

/** How a gateway speaks TLS with a backend by its BackendTLSPolicy, and whether that can succeed (rule G41). */
export interface BackendTlsOutcome {
  readonly tls: BackendTls;
  /** Why the handshake fails. */
  readonly refusal: EvidenceStep | undefined;
  readonly assumptions: readonly Note[];
}

/** Undefined: no policy holds for the port, and the gateway speaks plain text with it. */
export function backendTls(model: NetworkModel, gateway: Gateway, service: ModelService, port: ServicePort): BackendTlsOutcome | undefined {
  const policy = backendPolicy(model, service, port);
  if (!policy) return undefined;
  const wanted = policy.subjectAltNames.map(({ type, value }) => (type === 'URI' ? value : value.toLowerCase()));
  const tls = {
    sni: policy.hostname,
    policy: describeRef(policy.ref),
    names: wanted.length > 0 ? wanted : [policy.hostname],
    clientCertificate: ownCertificate(model, gateway),
  };
  const refused = (reason: string, why: string): BackendTlsOutcome => ({ tls, refusal: refusal(policy, reason, why), assumptions: [] });
  if (policyFault(model, policy)?.none) {
    return refused('BACKEND_TLS_INVALID', 'it names no certificate of an authority that can be used');
  }
  const check = checkBackend(model, service, policy);
  if (check.state === 'refused') return refused('BACKEND_CERTIFICATE_REFUSED', check.why);
  const message =
    check.state === 'unknown'
      ? `the certificate of Service ${service.namespace}/${service.name} is taken to be what ${tls.policy} asks for: ${check.why}`
      : `the signature and the dates of the certificate of Service ${service.namespace}/${service.name} are taken to be valid`;
  return { tls, refusal: undefined, assumptions: [{ code: 'BACKEND_CERTIFICATE_ASSUMED', message }] };
}

function refusal({ ref }: BackendTLSPolicy, reason: string, why: string): EvidenceStep {
  return { stage: 'backend', outcome: 'no-match', reason, message: `${describeRef(ref)}: ${why}: TLS with the backend fails`, object: ref };
}

function checkBackend(model: NetworkModel, service: ModelService, policy: BackendTLSPolicy): CertificateCheck {
  const secret = secretOf(service);
  if (secret === undefined) return { state: 'unknown', why: `nothing says which one it presents (annotation \`${ANNOTATION}\`)` };
  const certificate = storedCertificate(model, secret);
  if (!certificate) return { state: 'unknown', why: `Secret ${secret} holds none that can be read` };
  if (!isNamed(certificate, policy))
    return { state: 'refused', why: `the backend's certificate (Secret ${secret}) carries none of the names asked for` };
  if (policy.usesSystemCertificates) return { state: 'unknown', why: 'which authorities the system of the gateway trusts is not known' };
  return checkIssuer(model, certificate, policy.caCertificateRefs, policy.namespace);
}

/** What a client is shown whose TLS is passed through to the one backend there is; null where nothing says it. */
export function passedCertificate(
  model: NetworkModel,
  [backend, ...others]: readonly RouteBackend[],
  sni: string | undefined,
): RouteCertificate | null {
  const service = backend?.tls?.policy === null ? model.services.get(`${backend.namespace}/${backend.service}`) : undefined;
  const secret = service && others.length === 0 ? secretOf(service) : undefined;
  const certificate = secret === undefined ? undefined : storedCertificate(model, secret);
  if (!service || secret === undefined || !certificate) return null;
  const names = namesIn(certificate);
  return {
    sni: sni ?? null,
    namespace: service.namespace,
    secret: secret.slice(service.namespace.length + 1),
    object: describeRef(service.ref),
    pointer: '/metadata/annotations/portolan~1backend-certificate',
    host: sni ?? '*',
    names,
    covers: sni === undefined ? null : names.some((name) => hostCovers(name, sni.toLowerCase())),
  };
}

function secretOf({ namespace, resource, endpoints }: ModelService): string | undefined {
  const names = [resource, ...endpoints.slices].map(({ annotations }) => annotations[ANNOTATION]);
  const name = names.find((one) => one !== undefined && one !== '');
  return name === undefined ? undefined : `${namespace}/${name}`;
}

/** "The certificate served from the backend MUST have at least one Subject Alternate Name matching one of the specified SubjectAltNames", else its hostname. */
function isNamed(certificate: Certificate, { hostname, subjectAltNames }: BackendTLSPolicy): boolean {
  const covered = (name: string) => namesIn(certificate).some((one) => hostCovers(one, name.toLowerCase()));
  if (subjectAltNames.length === 0) return covered(hostname);
  return subjectAltNames.some(({ type, value }) =>
    type === 'URI' ? certificate.uris.includes(value) : covered(value) || namesIn(certificate).includes(value.toLowerCase()),
  );
}
