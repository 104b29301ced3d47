import type { NetworkModel } from '../../../model/network-model.js';
import type { RoutingObject } from '../path-rule.js';
import { annotationsOf } from './annotations.js';
import type { AskedClientCertificate } from './asked-authentication.js';
import type { Context } from './context.js';
import type { NginxServer } from './servers.js';

/** The Secrets that there are, and whose an Ingress may name. */
type SecretRules = Pick<Context, 'model' | 'options'>;

/** What a server asks of the certificates of clients, and whose annotations say so. */
export interface Guard {
  /** Undefined: nothing at all. */
  readonly asked: AskedClientCertificate | undefined;
  readonly ingress: RoutingObject | undefined;
  /** Whether certificates are asked for in the handshake: its Secret has authorities. */
  readonly verifies: boolean;
  /** The first Ingress whose Secret cannot be used, for which the whole server answers 403. */
  readonly broken: { readonly ingress: RoutingObject; readonly why: string } | undefined;
}

const guards = new WeakMap<NginxServer, Guard>();

export function guardOf(context: SecretRules, server: NginxServer): Guard {
  const known = guards.get(server) ?? makeGuard(context, server);
  guards.set(server, known);
  return known;
}

/** `getBackendServers` of `controller.go`: each Ingress takes the place of the one before, until one has a Secret with authorities. */
function makeGuard(context: SecretRules, { certificateAskers }: NginxServer): Guard {
  let guard: Guard = { asked: undefined, ingress: undefined, verifies: false, broken: undefined };
  for (const ingress of certificateAskers) {
    const own = annotationsOf(ingress).clientCertificate;
    const keys = own && keysOf(context.model.secrets, own.secret);
    const why = own && secretFault(context, ingress, own.secret);
    const broken = guard.broken ?? (why === undefined ? undefined : { ingress, why });
    const isUsed = own !== undefined && why === undefined;
    if (guard.verifies) guard = { ...guard, broken };
    else guard = { asked: isUsed ? own : undefined, ingress, verifies: isUsed && keys?.includes('ca.crt') === true, broken };
  }
  return guard;
}

/** What a Secret holds, which is taken to be there where no Secret at all is stored. */
function keysOf(secrets: NetworkModel['secrets'], secret: string): readonly string[] | undefined {
  return secrets.get(secret)?.keys ?? (secrets.size === 0 ? ['ca.crt'] : undefined);
}

/** Whether the controller can make anything of the Secret that an Ingress names in `auth-tls-secret`. */
export function isReadable(context: SecretRules, ingress: RoutingObject, secret: string): boolean {
  return secretFault(context, ingress, secret) === undefined;
}

/** Why no certificates can be read from a Secret; undefined: they can, or none of clients is asked for. */
function secretFault({ model, options }: SecretRules, { namespace }: RoutingObject, secret: string): string | undefined {
  const keys = keysOf(model.secrets, secret);
  const parts = secret.split('/');
  if (parts.length !== 2 || parts.includes('')) return `\`auth-tls-secret\` is \`namespace/name\`, not \`${secret}\``;
  if (parts[0] !== namespace && !options.crossesNamespaces)
    return `\`auth-tls-secret\`: \`${secret}\` is not in the namespace \`${namespace}\` of the Ingress`;
  if (!keys) return `\`auth-tls-secret\`: there is no Secret ${secret}`;
  const isUsable = keys.includes('ca.crt') || (keys.includes('tls.crt') && keys.includes('tls.key'));
  return isUsable ? undefined : `\`auth-tls-secret\`: Secret ${secret} holds neither \`ca.crt\` nor \`tls.crt\` with \`tls.key\``;
}
