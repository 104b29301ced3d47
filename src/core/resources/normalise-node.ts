import type { ObjectRef } from '../kernel/object-ref.js';
import { type Cidr, formatCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { Node, NodeAddress, Taint } from './node.js';

const EFFECTS: readonly Taint['effect'][] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Reads a v1 Node. */
export function normaliseNode(root: ObjectReader, ref: ObjectRef): Node {
  const spec = root.object('spec');
  const status = root.object('status');
  const allocatable = status?.object('allocatable');
  return {
    ...readResource(root, ref),
    kind: 'Node',
    podCIDRs: spec ? readPodCIDRs(spec) : [],
    addresses: status ? status.objects('addresses').flatMap(readAddress) : [],
    taints: spec ? spec.objects('taints').flatMap(readTaint) : [],
    unschedulable: spec?.boolean('unschedulable') ?? false,
    maxPods: wholeQuantity(allocatable?.raw('pods')),
    cpuMillis: milliCpu(status?.object('capacity')?.raw('cpu') ?? allocatable?.raw('cpu')),
    ready: status ? readReady(status) : undefined,
    terminating: root.object('metadata')?.has('deletionTimestamp') ?? false,
  };
}

function readPodCIDRs(spec: ObjectReader): readonly Cidr[] {
  const listed = spec.cidrs('podCIDRs');
  const single = spec.cidr('podCIDR');
  const known = new Set(listed.map(formatCidr));
  return single && !known.has(formatCidr(single)) ? [single, ...listed] : listed;
}

/** Host names and DNS names are no addresses of the model; a broken IP is reported. */
function readAddress(reader: ObjectReader): readonly NodeAddress[] {
  const type = reader.text('type') ?? '';
  const address = reader.text('address') ?? '';
  if (!type.endsWith('IP')) return [];
  const ip = parseIp(address);
  if (!ip) {
    reader.error('invalid-value', 'address', `\`${address}\` is not an IP address`);
    return [];
  }
  return [{ type, ip }];
}

function readTaint(reader: ObjectReader): readonly Taint[] {
  const key = reader.filledText('key');
  const effect = reader.oneOf('effect', EFFECTS);
  return key === undefined || effect === undefined ? [] : [{ key, value: reader.text('value') ?? '', effect }];
}

function readReady(status: ObjectReader): boolean | undefined {
  const condition = status.objects('conditions').find((one) => one.raw('type') === 'Ready');
  return condition && condition.raw('status') === 'True';
}

/** A whole Kubernetes quantity; undefined when it is none (`110`, `"110"`). */
function wholeQuantity(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** CPU as millicores: `4`, `"3920m"`, `"0.5"`. */
function milliCpu(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,9}(\.\d{1,9})?m?$/.test(text)) return undefined;
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
}
