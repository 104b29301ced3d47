import type { NetworkModel } from '../../../model/network-model.js';
import type { RoutingObject } from '../path-rule.js';
import type { AskedPassword } from './asked-authentication.js';
import { deniedSecret } from './backend-tls.js';
import { isRange } from './source-range.js';
import type { Location } from './servers.js';

/** Why the controller denies a location as a whole, 503 whatever is asked: an annotation of its Ingress that it can make nothing of (`errors.LocationDenied`). */
export function denialOf(model: NetworkModel, { ingress, annotations }: Location): string | undefined {
  if (!ingress || !annotations) return undefined;
  const { allow, deny, authentication } = annotations;
  const range = [...allow, ...deny].find((text) => !isRange(text));
  if (range !== undefined) return `\`${range}\` in a list of addresses is none`;
  const { fault, password } = authentication;
  return fault ?? (password && passwordFault(model, ingress, password)) ?? deniedSecret(model, ingress, annotations);
}

function passwordFault({ secrets }: NetworkModel, { namespace }: RoutingObject, { secret, isMap }: AskedPassword): string | undefined {
  if (secret === '') return '`auth-type` without `auth-secret`';
  const [first = '', second, ...more] = secret.split('/');
  const own = second === undefined ? namespace : first;
  if (more.length > 0) return `\`auth-secret\` is \`name\` or \`namespace/name\`, not \`${secret}\``;
  if (own !== namespace) return `\`auth-secret\`: \`${secret}\` is not in the namespace \`${namespace}\` of the Ingress`;
  if (secrets.size === 0) return undefined;
  const key = `${namespace}/${second ?? first}`;
  const keys = secrets.get(key)?.keys;
  if (!keys) return `\`auth-secret\`: there is no Secret ${key}`;
  return isMap || keys.includes('auth') ? undefined : `\`auth-secret\`: Secret ${key} has no key \`auth\``;
}
