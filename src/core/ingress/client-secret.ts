import { type Problem, problem } from '../kernel/problem.js';
import type { NetworkModel } from '../model/network-model.js';
import { storedCertificate } from './internal/gateway/check-certificate.js';
import { unknownObject } from './internal/unknown-object.js';

/** Why a client cannot present the certificate of a Secret (`namespace/name`); undefined: it can. */
export function clientSecretFault(model: NetworkModel, secret: string): Problem | undefined {
  const stored = model.secrets.get(secret);
  if (!stored) return unknownObject('Secret', secret, model.secrets.keys());
  if (storedCertificate(model, secret)) return undefined;
  const why = stored.tlsCertificate === undefined ? 'it has no `tls.crt`' : 'its `tls.crt` does not begin with an X.509 certificate in PEM';
  const message = `Secret \`${secret}\` holds no certificate that a client can present: ${why}`;
  const hint = 'name a Secret whose `tls.crt` is one, or none (empty)';
  return problem('invalid-request', message, {
    hint,
    errors: [{ pointer: '/clientCertificate', code: 'unreadable-certificate', message, hint }],
  });
}
