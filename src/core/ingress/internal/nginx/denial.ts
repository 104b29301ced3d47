import type { RoutingObject } from '../path-rule.js';
import type { AskedAuthentication, AskedPassword } from './asked-authentication.js';
import type { Context } from './context.js';
import { deniedSecret } from './backend-tls.js';
import { isRange } from './source-range.js';
import type { Location } from './servers.js';

/** Why the controller denies a location as a whole, 503 whatever is asked: an annotation of its Ingress that it can make nothing of (`errors.LocationDenied`). */
export function denialOf(context: Context, { ingress, annotations }: Location): string | undefined {
  if (!ingress || !annotations) return undefined;
  const { options } = context;
  const { allow, deny, authentication, customHeaders } = annotations;
  if (customHeaders !== '' && options.allowedHeaders.length === 0)
    return `\`custom-headers\`: no header of ConfigMap ${customHeaders} is in \`global-allowed-response-headers\`, which is empty unless it is told`;
  const range = [...allow, ...deny].find((text) => !isRange(text));
  if (range !== undefined) return `\`${range}\` in a list of addresses is none`;
  const { fault, password } = authentication;
  return (
    fault ??
    headersFault(context, ingress, authentication) ??
    (password && passwordFault(context, ingress, password)) ??
    deniedSecret(context, ingress, annotations)
  );
}

/** `GetConfigMap` knows no name without a namespace, and that of another one is not let through (`authreq/main.go`, `Parse`). */
function headersFault({ options }: Context, { namespace }: RoutingObject, { service }: AskedAuthentication): string | undefined {
  const named = service?.askedWith ?? '';
  if (named === '') return undefined;
  const [own, name, ...more] = named.split('/');
  if (!own || !name || more.length > 0) return `\`auth-proxy-set-headers\` is \`namespace/name\`, not \`${named}\``;
  if (own === namespace || options.crossesNamespaces) return undefined;
  return `\`auth-proxy-set-headers\`: \`${named}\` is not in the namespace \`${namespace}\` of the Ingress`;
}

function passwordFault(context: Context, holder: RoutingObject, password: AskedPassword): string | undefined {
  const fault = unreadPasswords(context, holder, password);
  const key = secretKey(holder, password.secret);
  const keys = context.model.secrets.get(key)?.keys;
  if (fault !== undefined || !keys || password.isMap || keys.includes('auth')) return fault;
  return `\`auth-secret\`: Secret ${key} has no key \`auth\``;
}

/** Why the Secret with passwords cannot be read at all. */
export function unreadPasswords(
  { model: { secrets }, options }: Pick<Context, 'model' | 'options'>,
  holder: RoutingObject,
  { secret }: Pick<AskedPassword, 'secret'>,
): string | undefined {
  const { namespace } = holder;
  if (secret === '') return '`auth-type` without `auth-secret`';
  const [first, second, ...more] = secret.split('/');
  if (more.length > 0) return `\`auth-secret\` is \`name\` or \`namespace/name\`, not \`${secret}\``;
  if (second !== undefined && first !== namespace && !options.crossesNamespaces)
    return `\`auth-secret\`: \`${secret}\` is not in the namespace \`${namespace}\` of the Ingress`;
  const key = secretKey(holder, secret);
  return secrets.size === 0 || secrets.has(key) ? undefined : `\`auth-secret\`: there is no Secret ${key}`;
}

const secretKey = ({ namespace }: RoutingObject, secret: string) => (secret.includes('/') ? secret : `${namespace}/${secret}`);
