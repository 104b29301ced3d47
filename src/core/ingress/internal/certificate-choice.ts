import type { Note } from '../../kernel/answer.js';
import type { EvidenceStep } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import type { Secret } from '../../resources/secret.js';
import type { RouteCertificate } from '../route-result.js';
import { type CertificateClaim, claimsOfName } from './certificate-claims.js';
import { certificateNames } from './certificate-names.js';
import { describeClaim } from './claim-text.js';
import { hostCovers, readRequestHost } from './request-host.js';

/** Which certificate the client sees, and what about it the rules leave open. */
export interface CertificateOutcome {
  readonly certificate: RouteCertificate | undefined;
  readonly unspecified: readonly Note[];
  readonly assumptions: readonly Note[];
  readonly steps: readonly EvidenceStep[];
}

/**
 * The certificate for a name in the TLS hello, by `spec.tls` (rule A13): an entry that names the host before one that covers it by a wildcard. The SNI decides
 * here alone; routing follows the Host header (`networking/v1/types.go`, `IngressTLS.SecretName`).
 */
export function chooseCertificate(
  model: NetworkModel,
  lists: readonly (readonly Ingress[])[],
  sni: string | undefined,
): CertificateOutcome {
  const name = sni === undefined ? undefined : readRequestHost(sni).name;
  if (name === undefined || name === '') return leftOpen('the client sends no SNI');
  const claims = claimsOfName(lists, name);
  const [first] = claims;
  if (!first) return leftOpen(`no \`spec.tls\` entry covers \`${name}\``);
  const secrets = new Set(claims.map(({ ingress, tls }) => `${ingress.namespace}/${tls.secretName ?? ''}`));
  if (secrets.size > 1) return conflict(name, claims);
  return presented(model, first, name);
}

function leftOpen(what: string): CertificateOutcome {
  const message = `${what}: the specification leaves the certificate to the controller; the answer takes the handshake as done`;
  return {
    certificate: undefined,
    unspecified: [],
    assumptions: [{ code: 'CERTIFICATE_OF_CONTROLLER', message }],
    steps: [{ stage: 'certificate', outcome: 'no-match', reason: 'NO_TLS_ENTRY', message: what }],
  };
}

const secretText = ({ ingress, tls }: CertificateClaim) => `${ingress.namespace}/${tls.secretName ?? '(none)'}`;

function conflict(name: string, claims: readonly CertificateClaim[]): CertificateOutcome {
  const named = claims.map((claim) => `${secretText(claim)} by ${describeClaim(claim.ingress)}`);
  const message = `several Secrets are named for \`${name}\`: ${named.join(', ')}; the specification names no winner`;
  return {
    certificate: undefined,
    unspecified: [{ code: 'CERTIFICATE_CONFLICT', message }],
    assumptions: [],
    steps: claims.map((claim) => {
      const shown = `names Secret ${secretText(claim)} for \`${name}\``;
      return stepOf(claim, 'info', 'CERTIFICATE_CONFLICT', shown);
    }),
  };
}

/** The one claimed Secret: does it exist, hold a certificate, and is that made out to the name? */
function presented(model: NetworkModel, claim: CertificateClaim, name: string): CertificateOutcome {
  const { ingress, tls, host } = claim;
  if (tls.secretName === undefined) return absent(claim, 'SECRET_NOT_NAMED', `the \`spec.tls\` entry for \`${host}\` names no Secret`);
  const secretName = `${ingress.namespace}/${tls.secretName}`;
  const secret = model.secrets.get(secretName);
  if (!secret) return absent(claim, 'SECRET_MISSING', `Secret ${secretName} does not exist`);
  const pem = secret.tlsCertificate;
  if (pem === undefined) return absent(claim, 'SECRET_WITHOUT_CERTIFICATE', `Secret ${secretName} holds no \`tls.crt\``);
  const names = namesIn(secret, pem);
  const covers = names?.some((item) => hostCovers(item, name));
  const certificate: RouteCertificate = {
    sni: name,
    namespace: ingress.namespace,
    secret: tls.secretName,
    object: describeRef(ingress.ref),
    pointer: tls.pointer,
    host,
    names: names ?? null,
    covers: covers ?? null,
  };
  const message = `Secret ${secretName}, named for \`${host}\`, is presented for the SNI \`${name}\``;
  const selected = stepOf(claim, 'selected', 'CERTIFICATE_SELECTED', message);
  const shown: CertificateOutcome = { certificate, unspecified: [], assumptions: [], steps: [selected] };
  if (names === undefined) return { ...shown, assumptions: [unreadable(secretName)] };
  return covers
    ? shown
    : mismatched(shown, claim, `the certificate in Secret ${secretName} is made out to ${listed(names)}, not to \`${name}\``);
}

const namesBySecret = new WeakMap<Secret, readonly string[] | 'unreadable'>();

/** The names of a Secret's certificate, read once. */
function namesIn(secret: Secret, pem: string): readonly string[] | undefined {
  const known = namesBySecret.get(secret) ?? certificateNames(pem) ?? 'unreadable';
  namesBySecret.set(secret, known);
  return known === 'unreadable' ? undefined : known;
}

function stepOf({ ingress, tls }: CertificateClaim, outcome: EvidenceStep['outcome'], reason: string, message: string): EvidenceStep {
  return { stage: 'certificate', outcome, reason, message, object: ingress.ref, pointer: tls.pointer };
}

function absent(claim: CertificateClaim, code: string, what: string): CertificateOutcome {
  const message = `${what}; the specification does not say what the client is shown`;
  return { certificate: undefined, unspecified: [{ code, message }], assumptions: [], steps: [stepOf(claim, 'no-match', code, what)] };
}

const listed = (names: readonly string[]) => (names.length === 0 ? 'no name' : names.join(', '));

function unreadable(secretName: string): Note {
  const message = `the certificate in Secret ${secretName} cannot be read; it is taken to be made out to the hosts of its \`spec.tls\` entry`;
  return { code: 'CERTIFICATE_UNREADABLE', message };
}

function mismatched(shown: CertificateOutcome, claim: CertificateClaim, what: string): CertificateOutcome {
  const message = `${what}: the specification does not say whether it is presented all the same; clients would refuse it`;
  const step = stepOf(claim, 'no-match', 'CERTIFICATE_MISMATCH', what);
  return { ...shown, unspecified: [{ code: 'CERTIFICATE_MISMATCH', message }], steps: [...shown.steps, step] };
}
