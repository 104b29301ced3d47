import type { NetworkModel } from '../../../model/network-model.js';
import type { RuleWitness } from '../../route-lint-result.js';
import type { RouteRequest } from '../../route-request.js';
import { checkClient } from '../gateway/client-certificate.js';
import type { JudgedListener } from '../gateway/listener-status.js';
import { lineOf } from './witness-requests.js';

type Validation = NonNullable<JudgedListener['clientValidation']>;

/** Writes requests and connections down as a client sends them to a listener of a Gateway: to its port, and with a certificate where it lets nobody else in (rule G42). */
export class ListenerWitnesses {
  /** The Secret whose certificate is taken; null: none of all that are stored. All are tried once for each validation. */
  private readonly secrets = new Map<Validation, string | null>();

  constructor(private readonly model: NetworkModel) {}

  /** Undefined where the listener asks for a certificate that no Secret holds: then no request can be shown. */
  of(request: RouteRequest, listener: JudgedListener): RuleWitness | undefined {
    const line = lineOf({ ...request, host: hostWithPort(request, listener.listener.port) });
    const { clientValidation } = listener;
    if (!clientValidation || !this.refuses(listener, undefined)) return line;
    const known = this.secrets.get(clientValidation);
    const clientCertificate = known === undefined ? this.secretFor(listener) : known;
    this.secrets.set(clientValidation, clientCertificate);
    return clientCertificate === null ? undefined : { ...line, clientCertificate };
  }

  private secretFor(listener: JudgedListener): string | null {
    for (const [name, { tlsCertificate }] of this.model.secrets)
      if (tlsCertificate !== undefined && !this.refuses(listener, name)) return name;
    return null;
  }

  private refuses(listener: JudgedListener, secret: string | undefined): boolean {
    return checkClient(this.model, listener, secret, false)?.refusal !== undefined;
  }
}

/** Why no request is shown that reaches what a listener serves. */
export function withoutCertificate({ listener: { name } }: JudgedListener): string {
  return `listener \`${name}\` lets in none but clients with a certificate of its authorities, and no Secret that is stored holds one to show a request with`;
}

/** The Host header says the port unless it is that of the scheme (RFC 9110 §7.2, §4.2.1 and §4.2.2); of a connection the URL does. */
function hostWithPort({ scheme, host, connection }: RouteRequest, port: number): string {
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  return isUsual || connection ? host : `${host}:${port}`;
}
