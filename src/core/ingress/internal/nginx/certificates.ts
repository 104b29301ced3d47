import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress, IngressTls } from '../../../resources/ingress.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers, parentDomain, readRequestHost } from '../request-host.js';
import type { NginxServer } from './servers.js';

/** Certificates of servers, as the controller hands them to nginx (rules B13, B21). */
export class NginxCertificates {
  constructor(
    private readonly model: NetworkModel,
    private readonly servers: ReadonlyMap<string, NginxServer>,
  ) {}

  /** Whether a certificate is configured for a name, its own or that of the wildcard host above it; the default one counts too (`certificate.lua`). */
  isConfigured(name: string): boolean {
    return this.serverOf(name) !== undefined;
  }

  private serverOf(name: string): NginxServer | undefined {
    const domain = parentDomain(name);
    const names = domain === undefined ? [name] : [name, `*.${domain}`];
    return names.map((one) => this.servers.get(one)).find((server) => server?.tls !== undefined);
  }

  /** The certificate a client is shown for a name in the TLS hello. */
  presented(sni: string | undefined): CertificateOutcome {
    const name = sni === undefined ? '' : readRequestHost(sni).name;
    const server = this.serverOf(name);
    const ingress = server?.tls;
    const entry = server && ingress && this.entryFor(server.host, ingress);
    if (!server || !ingress || !entry) return fallback(`no usable certificate is named for \`${name}\``);
    const secretName = entry.secretName ?? '';
    const names = this.namesOf(ingress, secretName);
    if (!names?.some((one) => hostCovers(one, server.host) || one === server.host)) {
      return fallback(`Secret ${ingress.namespace}/${secretName} is missing or not made out to \`${server.host}\``);
    }
    const message = `Secret ${ingress.namespace}/${secretName} of the first Ingress with \`spec.tls\` for \`${server.host}\``;
    return {
      certificate: {
        sni: name,
        namespace: ingress.namespace,
        secret: secretName,
        object: describeRef(ingress.ref),
        pointer: entry.pointer,
        host: server.host,
        names,
        covers: names.some((one) => hostCovers(one, name)),
      },
      unspecified: [],
      assumptions: [],
      steps: [
        { stage: 'certificate', outcome: 'selected', reason: 'CERTIFICATE_SELECTED', message, object: ingress.ref, pointer: entry.pointer },
      ],
    };
  }

  /** The entry that names the host, else any whose certificate covers it (`extractTLSSecretName`). */
  private entryFor(host: string, ingress: Ingress): IngressTls | undefined {
    const naming = ingress.tls.find((tls) => tls.hosts.some((one) => one.toLowerCase() === host));
    if (naming) return naming.secretName === undefined ? undefined : naming;
    return ingress.tls.find((tls) => this.namesOf(ingress, tls.secretName ?? '')?.some((one) => hostCovers(one, host)));
  }

  private namesOf({ namespace }: Ingress, secret: string): readonly string[] | undefined {
    const pem = this.model.secrets.get(`${namespace}/${secret}`)?.tlsCertificate;
    return pem === undefined ? undefined : certificateNames(pem);
  }
}

function fallback(message: string): CertificateOutcome {
  const step = {
    stage: 'certificate',
    outcome: 'info',
    reason: 'CERTIFICATE_DEFAULT',
    message: `${message}: the controller's default certificate`,
  } as const;
  return { certificate: undefined, unspecified: [], assumptions: [], steps: [step] };
}
