import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers } from '../request-host.js';
import type { F5Owner, F5Server } from './f5-servers.js';

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

/** The Secret of a host: of an Ingress by the entry of `spec.tls` that names the host, of a VirtualServer its only one. */
function namedBy(owner: F5Owner, host: string): { readonly pointer: string; readonly secretName: string | undefined } | undefined {
  if (owner.kind === 'VirtualServer') return owner.tls && { pointer: owner.tls.pointer, secretName: owner.tls.secret };
  return owner.tls.find(({ hosts }) => hosts.some((name) => name.toLowerCase() === host));
}
