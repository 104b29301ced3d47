import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers } from '../request-host.js';
import type { F5Owner, F5Server } from './f5-server.js';

/** The certificate that a server presents: the one its Ingress names, whoever it is made out to (`addSSLConfig` of `internal/configs/ingress.go`). */
export function f5Certificate(model: NetworkModel, server: F5Server | undefined, sni: string | undefined): CertificateOutcome {
  const owner = server?.owner;
  const entry = owner && server ? namedBy(owner, server.host) : undefined;
  const name = entry?.secretName;
  const pem = name === undefined || !owner ? undefined : model.secrets.get(`${owner.namespace}/${name}`)?.tlsCertificate;
  if (!server || !owner || !entry || name === undefined || pem === undefined) {
    const message = `no Secret with a certificate is named for \`${sni ?? ''}\`: the default server's certificate, or none`;
    const step = { stage: 'certificate', outcome: 'info', reason: 'CERTIFICATE_DEFAULT', message } as const;
    return { certificate: undefined, unspecified: [], assumptions: [], steps: [step] };
  }
  const names = certificateNames(pem);
  const message = `Secret ${owner.namespace}/${name}, named for \`${server.host}\``;
  return {
    certificate: {
      sni: sni ?? null,
      namespace: owner.namespace,
      secret: name,
      object: describeRef(owner.ref),
      pointer: entry.pointer,
      host: server.host,
      names: names ?? null,
      covers: names?.some((one) => hostCovers(one, sni ?? '')) ?? null,
    },
    unspecified: [],
    assumptions: [],
    steps: [
      { stage: 'certificate', outcome: 'selected', reason: 'CERTIFICATE_SELECTED', message, object: owner.ref, pointer: entry.pointer },
    ],
  };
}

/** Why nginx refuses every handshake of a host (`ssl_reject_handshake`, for which a Secret is missing or no `kubernetes.io/tls`); undefined: it does not. A Secret is taken to be there where none at all is stored. */
export function handshakeFault(
  { secrets }: NetworkModel,
  { owner, host }: F5Server,
): { readonly pointer: string; readonly message: string } | undefined {
  const { secretName, pointer = '' } = namedBy(owner, host) ?? {};
  if (secretName === undefined || secrets.size === 0) return undefined;
  const name = `${owner.namespace}/${secretName}`;
  const type = secrets.get(name)?.type;
  if (type === 'kubernetes.io/tls') return undefined;
  const why = type === undefined ? `there is no Secret ${name}` : `Secret ${name} is of type \`${type}\`, not \`kubernetes.io/tls\``;
  return { pointer, message: `${why}: nginx refuses the TLS of \`${host}\`` };
}

/** The Secret of a host: of an Ingress by the last entry of `spec.tls` that names the host, of a VirtualServer its only one. */
function namedBy(owner: F5Owner, host: string): { readonly pointer: string; readonly secretName: string | undefined } | undefined {
  if (owner.kind === 'TransportServer') return undefined;
  if (owner.kind === 'VirtualServer') return owner.tls && { pointer: owner.tls.pointer, secretName: owner.tls.secret };
  return owner.tls.findLast(({ hosts }) => hosts.some((name) => name.toLowerCase() === host));
}
