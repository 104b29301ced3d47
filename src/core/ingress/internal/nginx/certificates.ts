import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress, IngressTls } from '../../../resources/ingress.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers, parentDomain, readRequestHost } from '../request-host.js';
import { redirectedName } from './other-name.js';
import type { NginxServer } from './servers.js';

/** Certificates of servers, as the controller hands them to nginx (rules B13, B21). */
export class NginxCertificates {
  /** Servers by the names they answer to beside their host. */
  private readonly others: ReadonlyMap<string, NginxServer>;

  constructor(
    private readonly model: NetworkModel,
    private readonly servers: ReadonlyMap<string, NginxServer>,
  ) {
    const named = [...servers.values()].flatMap((server) =>
      [...server.aliases, ...redirectedName(server)].map((name) => [name, server] as const),
    );
    this.others = new Map(named.map(([name, server]) => [name.toLowerCase(), server]));
  }

  /** Whether a certificate is configured for a name, its own or that of the wildcard host above it; the default one counts too (`certificate.lua`). */
  isConfigured(name: string): boolean {
    return this.serverOf(name) !== undefined;
  }

  /** An alias, and the name that only redirects, have the certificate of their server where it is made out to them (`configureCertificates` of `nginx.go`). */
  private serverOf(name: string): NginxServer | undefined {
    const own = this.servers.get(name) ?? this.others.get(name);
    if (own?.tls && (own.host === name || this.usableNames(own)?.some((one) => hostCovers(one, name)))) return own;
    const above = this.servers.get(`*.${parentDomain(name) ?? ''}`);
    return above?.tls && above;
  }

  /** The names that the certificate of a server is made out to, its own among them; undefined: it shows the default one. */
  private usableNames({ tls, host }: NginxServer): readonly string[] | undefined {
    const entry = tls && this.entryFor(host, tls);
    const names = entry && this.namesOf(tls, entry.secretName ?? '');
    return names?.some((one) => hostCovers(one, host) || one === host) ? names : undefined;
  }

  /** The certificate a client is shown for a name in the TLS hello. */
  presented(sni: string | undefined): CertificateOutcome {
    const name = sni === undefined ? '' : readRequestHost(sni).name;
    const server = this.serverOf(name);
    const ingress = server?.tls;
    const entry = server && ingress && this.entryFor(server.host, ingress);
    if (!server || !ingress || !entry) return fallback(`no usable certificate is named for \`${name}\``);
    const secretName = entry.secretName ?? '';
    const names = this.usableNames(server);
    if (!names) {
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
