import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import type { RoutingObject } from '../path-rule.js';
import { annotationPointer } from './annotation-reader.js';
import { annotationsOf } from './annotations.js';
import type { AskedClientCertificate } from './asked-authentication.js';
import type { Context } from './context.js';
import { refused } from './nginx-outcomes.js';
import type { NginxServer } from './servers.js';

/** What a server asks of the certificates of clients: that of the first Ingress whose Secret has authorities, and the first one that cannot be used. */
interface Guard {
  readonly asked: AskedClientCertificate | undefined;
  readonly broken: { readonly ingress: RoutingObject; readonly why: string } | undefined;
}

const guards = new WeakMap<NginxServer, Guard>();

function guardOf(model: NetworkModel, server: NginxServer): Guard {
  const known = guards.get(server) ?? makeGuard(model, server);
  guards.set(server, known);
  return known;
}

/** `getBackendServers` of `controller.go`. */
function makeGuard({ secrets }: NetworkModel, { certificateAskers }: NginxServer): Guard {
  let [asked, broken]: [Guard['asked'], Guard['broken']] = [undefined, undefined];
  for (const ingress of certificateAskers) {
    const own = annotationsOf(ingress).clientCertificate;
    if (!own) continue;
    const keys = keysOf(secrets, own.secret);
    const why = secretFault(own.secret, ingress.namespace, keys);
    if (why !== undefined) broken ??= { ingress, why };
    else if (keys?.includes('ca.crt')) asked ??= own;
  }
  return { asked, broken };
}

/** What a Secret holds, which is taken to be there where no Secret at all is stored. */
function keysOf(secrets: NetworkModel['secrets'], secret: string): readonly string[] | undefined {
  return secrets.get(secret)?.keys ?? (secrets.size === 0 ? ['ca.crt'] : undefined);
}

/** Whether the controller can make anything of the Secret that an Ingress names in `auth-tls-secret`. */
export function isReadable({ secrets }: NetworkModel, { namespace }: RoutingObject, secret: string): boolean {
  return secretFault(secret, namespace, keysOf(secrets, secret)) === undefined;
}

/** Why no certificates can be read from a Secret; undefined: they can, or none of clients is asked for. */
function secretFault(secret: string, namespace: string, keys: readonly string[] | undefined): string | undefined {
  const parts = secret.split('/');
  if (parts.length !== 2 || parts.includes('')) return `\`auth-tls-secret\` is \`namespace/name\`, not \`${secret}\``;
  if (parts[0] !== namespace) return `\`auth-tls-secret\`: \`${secret}\` is not in the namespace \`${namespace}\` of the Ingress`;
  if (!keys) return `\`auth-tls-secret\`: there is no Secret ${secret}`;
  const isUsable = keys.includes('ca.crt') || (keys.includes('tls.crt') && keys.includes('tls.key'));
  return isUsable ? undefined : `\`auth-tls-secret\`: Secret ${secret} holds neither \`ca.crt\` nor \`tls.crt\` with \`tls.key\``;
}

/** Why a server refuses a request before it looks at any location; undefined: it does not. */
export function refusedByServer({ model, router }: Context, server: NginxServer, { scheme }: RouteRequest): Outcome | undefined {
  const { asked, broken } = guardOf(model, server);
  const source = (ingress: RoutingObject | undefined, name: string) => ({
    router,
    ingress,
    pointer: annotationPointer(name),
    served: `host ${server.host}`,
  });
  if (broken) {
    const message = `${broken.why}: the whole host answers 403`;
    return refused(source(broken.ingress, 'auth-tls-secret'), 403, 'ANNOTATION_INVALID', message);
  }
  if (!asked || asked.subject === '' || scheme === 'https') return undefined;
  const ingress = server.certificateAskers.find((one) => annotationsOf(one).clientCertificate === asked);
  const message = `\`auth-tls-match-cn\` asks for a name in the certificate of the client, and without TLS there is none: 403`;
  return refused(source(ingress, 'auth-tls-match-cn'), 403, 'CLIENT_NAME_MISSING', message);
}

/** The annotations that a client's certificate is taken to satisfy, because the server asks for one. */
export function asksForCertificate(model: NetworkModel, server: NginxServer, { scheme }: RouteRequest): readonly string[] {
  const { asked } = guardOf(model, server);
  if (!asked || scheme !== 'https') return [];
  return [...(asked.verify === 'on' ? ['auth-tls-secret'] : []), ...(asked.subject === '' ? [] : ['auth-tls-match-cn'])];
}
