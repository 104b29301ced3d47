import type { NginxPolicyReference } from '../nginx-policy.js';
import type { ObjectReader } from './object-reader.js';

/** `policies` of a VirtualServer or a route: each is named once, whether or not with the namespace `own` of the object (nginx/kubernetes-ingress `validation/virtualserver.go`, `validatePolicies`). */
export function readPolicyReferences(reader: ObjectReader, own = 'default'): readonly NginxPolicyReference[] {
  const named = new Set<string>();
  return reader.objects('policies').map((one) => {
    const [name = '', namespace] = [one.filledText('name'), one.filledText('namespace')];
    const key = `${namespace ?? own}/${name}`;
    if (name === '') one.error('missing-field', 'name', 'a policy is referred to by its name');
    else if (named.has(key)) one.error('duplicate', 'name', `policy \`${name}\` is there twice`);
    named.add(key);
    return { pointer: one.pointer, name, namespace };
  });
}
