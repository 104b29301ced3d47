import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { checkIssuer, storedCertificate } from './check-certificate.js';
import type { JudgedListener } from './listener-status.js';

/** What a listener makes of the certificate of a client (rule G42). */
export interface ClientCheck {
  /** Why the connection is dropped; undefined: it is let in. */
  readonly refusal: string | undefined;
  readonly step: EvidenceStep;
  readonly assumptions: readonly Note[];
}

/** Checks the certificate in a Secret (`namespace/name`), or that there is one; undefined where the listener asks for none. `assumed`: without a Secret there is one that fits. */
export function checkClient(
  model: NetworkModel,
  judged: JudgedListener,
  secret: string | undefined,
  assumed: boolean,
): ClientCheck | undefined {
  const { gateway, clientValidation } = judged;
  if (!clientValidation) return undefined;
  const { mode, caCertificateRefs, pointer } = clientValidation;
  const show = (outcome: EvidenceStep['outcome'], reason: string, message: string): EvidenceStep => {
    return { stage: 'client-certificate', outcome, reason, message, object: gateway.ref, pointer };
  };
  if (mode === 'AllowInsecureFallback') {
    const message = 'clients are let in whether their certificate is valid or not';
    return { refusal: undefined, step: show('info', 'CLIENT_CERTIFICATE_NOT_NEEDED', message), assumptions: [] };
  }
  const refused = (message: string): ClientCheck => ({
    refusal: message,
    step: show('no-match', 'CLIENT_CERTIFICATE_REFUSED', message),
    assumptions: [],
  });
  if (secret === undefined && assumed) {
    const message = `the client is taken to present a certificate that the listener accepts (mode ${mode})`;
    const taken = { code: 'CLIENT_CERTIFICATE_ASSUMED', message };
    return { refusal: undefined, step: show('match', 'CLIENT_CERTIFICATE_ACCEPTED', message), assumptions: [taken] };
  }
  if (secret === undefined) return refused('the listener wants a certificate of the client, and none is presented');
  const certificate = storedCertificate(model, secret);
  if (!certificate) return refused(`Secret ${secret} holds no certificate that can be read`);
  const check = checkIssuer(model, certificate, caCertificateRefs, gateway.namespace);
  if (check.state === 'refused') return refused(`the certificate of the client (Secret ${secret}) is not valid: ${check.why}`);
  const doubt = check.state === 'unknown' ? check.why : 'its signature and dates are not checked';
  const assumption = {
    code: 'CLIENT_CERTIFICATE_ASSUMED',
    message: `the certificate of the client (Secret ${secret}) is taken to be valid: ${doubt}`,
  };
  return { refusal: undefined, step: show('match', 'CLIENT_CERTIFICATE_ACCEPTED', assumption.message), assumptions: [assumption] };
}
