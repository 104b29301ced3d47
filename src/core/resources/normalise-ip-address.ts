import type { ObjectRef } from '../kernel/object-ref.js';
import { formatIp, type Ip, parseIp } from '../net/ip.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { IPAddress, IPAddressParent } from './ip-address.js';

/** Reads a `networking.k8s.io` IPAddress (kubernetes `pkg/apis/networking/validation`, ValidateIPAddress: a canonical name, and a parent with resource and name). */
export function normaliseIPAddress(root: ObjectReader, ref: ObjectRef): IPAddress {
  return { ...readResource(root, ref), kind: 'IPAddress', ip: readName(root, ref.name), parent: readParent(root) };
}

function readName(root: ObjectReader, name: string): Ip | undefined {
  const ip = parseIp(name);
  if (ip && formatIp(ip) === name) return ip;
  const hint = ip ? `the API server writes it ${formatIp(ip)}` : undefined;
  const problem = `\`${name}\` is no address as the API server writes it, and an IPAddress is named by its address`;
  root.object('metadata')?.error('invalid-value', 'name', problem, hint);
  return undefined;
}

function readParent(root: ObjectReader): IPAddressParent | undefined {
  const spec = root.object('spec') ?? root.empty('spec');
  const parent = spec.object('parentRef');
  if (!parent) {
    spec.error('missing-field', 'parentRef', 'an IPAddress needs the object that it is for');
    return undefined;
  }
  const [resource, name] = [parent.filledText('resource'), parent.filledText('name')];
  if (resource === undefined) parent.error('missing-field', 'resource', 'a parent needs its resource, such as `services`');
  if (name === undefined) parent.error('missing-field', 'name', 'a parent needs its name');
  if (resource === undefined || name === undefined) return undefined;
  return { group: parent.text('group') ?? '', resource, namespace: parent.filledText('namespace'), name };
}
