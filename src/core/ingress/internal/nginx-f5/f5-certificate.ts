import { describeRef } from '../../../kernel/object-ref.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { certificateNames } from '../certificate-names.js';
import { hostCovers } from '../request-host.js';
import { type F5Options, unseenSecret } from './f5-options.js';
import { EVERY_OTHER_HOST, type F5Owner, type F5Server } from './f5-server.js';
import type { F5Context } from './virtual-decide.js';

/** What certificates are looked for in. */
type Surroundings = Pick<F5Context, 'model' | 'options'>;

/** The certificate that a server presents: the one its Ingress names, or that of the controller for hosts that name none, whoever it is made out to (`addSSLConfig` of `internal/configs/ingress.go`). */
export function f5Certificate(surroundings: Surroundings, server: F5Server | undefined, sni: string | undefined): CertificateOutcome {
  const owner = server?.owner;
  const entry = owner && server ? secretOf(surroundings, owner, server.host) : undefined;
  const pem = entry?.secret && surroundings.model.secrets.get(`${entry.secret.namespace}/${entry.secret.name}`)?.tlsCertificate;
  if (!server || !owner || !entry?.secret || pem === undefined) {
    const message = `no Secret with a certificate is named for \`${sni ?? ''}\`: the default server's certificate, or none`;
    const step = { stage: 'certificate', outcome: 'info', reason: 'CERTIFICATE_DEFAULT', message } as const;
    return { certificate: undefined, unspecified: [], assumptions: [], steps: [step] };
  }
  const { namespace, name } = entry.secret;
  const names = certificateNames(pem);
  const message = `Secret ${namespace}/${name}, named for \`${server.host}\``;
  return {
    certificate: {
      sni: sni ?? null,
      namespace,
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

/** Why nginx refuses every handshake of a host (`ssl_reject_handshake`: no Secret is named, there is none, or it is no `kubernetes.io/tls`); undefined: it does not. A Secret is taken to be there where none at all is stored. */
export function handshakeFault(
  surroundings: Surroundings,
  { owner, host }: F5Server,
): { readonly pointer: string; readonly message: string } | undefined {
  const { secrets } = surroundings.model;
  if (host === EVERY_OTHER_HOST)
    return surroundings.options.refusesDefaultTls ? { pointer: '/spec/rules', message: WITHOUT_DEFAULT } : undefined;
  const entry = secretOf(surroundings, owner, host);
  if (!entry) return undefined;
  const { secret, pointer } = entry;
  const refused = (why: string) => ({ pointer, message: `${why}: nginx refuses the TLS of \`${host}\`` });
  if (!secret) return refused('no Secret is named, and the controller has none for such hosts (`-wildcard-tls-secret`)');
  const unseen = secret === surroundings.options.wildcardSecret ? undefined : unseenSecret(surroundings.options, secret.namespace);
  if (unseen !== undefined) return refused(unseen);
  if (secrets.size === 0) return undefined;
  const name = `${secret.namespace}/${secret.name}`;
  const type = secrets.get(name)?.type;
  if (type === 'kubernetes.io/tls') return undefined;
  return refused(type === undefined ? `there is no Secret ${name}` : `Secret ${name} is of type \`${type}\`, not \`kubernetes.io/tls\``);
}

const WITHOUT_DEFAULT = 'the default server has no certificate (`-default-server-tls-secret`): nginx refuses the TLS of every other host';

/** Whether a VirtualServer takes https (`generateSSLConfig` of `internal/configs/virtualserver.go`). */
export function isTlsEnded({ tls }: VirtualServer, { wildcardSecret }: F5Options): boolean {
  return tls !== undefined && (tls.secret !== undefined || wildcardSecret !== undefined);
}

/** The Secret of a host: of an Ingress by the last entry of `spec.tls` that names the host, of a VirtualServer its only one; where none is named, that of the controller. */
function secretOf({ options }: Surroundings, owner: F5Owner, host: string) {
  if (owner.kind === 'TransportServer') return undefined;
  const entry =
    owner.kind === 'VirtualServer'
      ? owner.tls && { pointer: owner.tls.pointer, secretName: owner.tls.secret }
      : owner.tls.findLast(({ hosts }) => hosts.some((name) => name.toLowerCase() === host));
  if (!entry) return undefined;
  const { pointer, secretName: name } = entry;
  return { pointer, secret: name === undefined ? options.wildcardSecret : { namespace: owner.namespace, name } };
}
