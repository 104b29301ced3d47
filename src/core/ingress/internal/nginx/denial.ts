import type { NetworkModel } from '../../../model/network-model.js';
import type { RoutingObject } from '../path-rule.js';
import type { AskedPassword } from './asked-authentication.js';
import type { Context } from './context.js';
import { deniedSecret } from './backend-tls.js';
import { isRange } from './source-range.js';
import type { Location } from './servers.js';

/** Why the controller denies a location as a whole, 503 whatever is asked: an annotation of its Ingress that it can make nothing of (`errors.LocationDenied`). */
export function denialOf({ model, options }: Context, { ingress, annotations }: Location): string | undefined {
  if (!ingress || !annotations) return undefined;
  const { allow, deny, authentication, customHeaders } = annotations;
  if (customHeaders !== '' && options.allowedHeaders.length === 0)
    return `\`custom-headers\`: no header of ConfigMap ${customHeaders} is in \`global-allowed-response-headers\`, which is empty unless it is told`;
  const range = [...allow, ...deny].find((text) => !isRange(text));
  if (range !== undefined) return `\`${range}\` in a list of addresses is none`;
  const { fault, password } = authentication;
  return fault ?? (password && passwordFault(model, ingress, password)) ?? deniedSecret(model, ingress, annotations);
}

function passwordFault(model: NetworkModel, holder: RoutingObject, password: AskedPassword): string | undefined {
  const fault = unreadPasswords(model, holder, password);
  const key = secretKey(holder, password.secret);
  const keys = model.secrets.get(key)?.keys;
  if (fault !== undefined || !keys || password.isMap || keys.includes('auth')) return fault;
  return `\`auth-secret\`: Secret ${key} has no key \`auth\``;
}

/** Why the Secret with passwords cannot be read at all. */
export function unreadPasswords(
  { secrets }: NetworkModel,
  holder: RoutingObject,
  { secret }: Pick<AskedPassword, 'secret'>,
): string | undefined {
  const { namespace } = holder;
  if (secret === '') return '`auth-type` without `auth-secret`';
  const [first, second, ...more] = secret.split('/');
  if (more.length > 0) return `\`auth-secret\` is \`name\` or \`namespace/name\`, not \`${secret}\``;
  if (second !== undefined && first !== namespace)
    return `\`auth-secret\`: \`${secret}\` is not in the namespace \`${namespace}\` of the Ingress`;
  const key = secretKey(holder, secret);
  return secrets.size === 0 || secrets.has(key) ? undefined : `\`auth-secret\`: there is no Secret ${key}`;
}

const secretKey = ({ namespace }: RoutingObject, secret: string) => `${namespace}/${secret.slice(secret.indexOf('/') + 1)}`;
