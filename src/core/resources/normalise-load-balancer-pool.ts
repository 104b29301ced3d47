import type { ObjectRef } from '../kernel/object-ref.js';
import { addressSpec } from '../net/address-spec.js';
import { rangeOfCidr, type IpRange } from '../net/ip-set.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readLabelSelector } from './internal/read-label-selector.js';
import { readResource } from './internal/read-resource.js';
import { EVERYTHING, type LabelSelector } from './label-selector.js';
import type { CiliumLoadBalancerIPPool, IPAddressPool, LoadBalancerBlock, ServiceAllocation } from './load-balancer-pool.js';

const RESERVING = ['Yes', 'No'] as const;
/** Addresses of IPv4 out of which every 256th pair may be left: as many as a /12 has. */
const MOST_BUGGY = 1n << 20n;

/** Reads a CiliumLoadBalancerIPPool (cilium/cilium `pkg/k8s/apis/cilium.io/v2/lbipam_types.go`); older ones spell `blocks` as `cidrs`. */
export function normaliseCiliumLoadBalancerIPPool(root: ObjectReader, ref: ObjectRef): CiliumLoadBalancerIPPool {
  const spec = root.object('spec') ?? root.empty('spec');
  // "By default, LB-IPAM uses all IPs in a given CIDR" (Documentation/network/lb-ipam.rst).
  const keepsEnds = spec.oneOf('allowFirstLastIPs', RESERVING) === 'No';
  const selector = spec.object('serviceSelector');
  return {
    ...readResource(root, ref),
    kind: 'CiliumLoadBalancerIPPool',
    blocks: ['blocks', 'cidrs'].flatMap((field) => spec.objects(field).flatMap((block) => readBlock(block, keepsEnds))),
    serviceSelector: selector ? readLabelSelector(selector) : EVERYTHING,
    disabled: spec.boolean('disabled') ?? false,
  };
}

/** A prefix, or `start` and `stop`; its ends are kept only where it is a prefix that has more than them. */
function readBlock(block: ObjectReader, keepsEnds: boolean): readonly LoadBalancerBlock[] {
  if (block.has('cidr')) {
    const cidr = block.cidr('cidr');
    if (!cidr) return [];
    const range = rangeOfCidr(cidr);
    return [{ range, keepsEnds: keepsEnds && range.last - range.first > 1n }];
  }
  const first = block.ip('start');
  const last = block.has('stop') ? block.ip('stop') : first;
  if (!block.has('start')) block.error('missing-field', 'start', 'a block needs a `cidr`, or a `start`');
  if (!first || !last) return [];
  if (first.family !== last.family || first.value > last.value) {
    block.error('invalid-value', 'stop', 'a block ends with an address of the family of its `start`, and not before it');
    return [];
  }
  return [{ range: { family: first.family, first: first.value, last: last.value }, keepsEnds: false }];
}

/** Reads an IPAddressPool (metallb/metallb `api/v1beta1/ipaddresspool_types.go`, `internal/config/config.go`, `addressPoolFromCR`). */
export function normaliseIPAddressPool(root: ObjectReader, ref: ObjectRef): IPAddressPool {
  const spec = root.object('spec') ?? root.empty('spec');
  const texts = spec.texts('addresses');
  if (texts.length === 0) spec.error('missing-field', 'addresses', 'an IPAddressPool needs prefixes or ranges of addresses');
  const ranges = texts.flatMap((text, index) => readRange(spec, text, index));
  const allocation = spec.object('serviceAllocation');
  return {
    ...readResource(root, ref),
    kind: 'IPAddressPool',
    ranges,
    autoAssign: spec.boolean('autoAssign') ?? true,
    avoidBuggyIPs: readAvoidBuggyIPs(spec, ranges),
    serviceAllocation: allocation && readAllocation(allocation),
  };
}

function readRange(spec: ObjectReader, text: string, index: number): readonly IpRange[] {
  const range = addressSpec(text.replaceAll(/\s*-\s*/g, '-').trim());
  // MetalLB reads prefixes and ranges; one address is written as a prefix of its whole length.
  if (range && /[/-]/.test(text)) return [range];
  const message = `\`${text}\` is neither a prefix such as \`192.0.2.0/24\` nor a range \`first-last\``;
  spec.findings.report('error', 'invalid-value', `${spec.at('addresses')}/${index}`, message);
  return [];
}

function readAvoidBuggyIPs(spec: ObjectReader, ranges: readonly IpRange[]): boolean {
  if (!spec.boolean('avoidBuggyIPs')) return false;
  const many = ranges.reduce((sum, { family, first, last }) => (family === 4 ? sum + last - first + 1n : sum), 0n);
  if (many <= MOST_BUGGY) return true;
  spec.warn('too-many', 'avoidBuggyIPs', 'a pool of more IPv4 addresses than a /12 has is shown with those that end in .0 and .255');
  return false;
}

function readAllocation(reader: ObjectReader): ServiceAllocation {
  return {
    priority: reader.integer('priority', 0, 2 ** 31 - 1) ?? 0,
    namespaces: reader.texts('namespaces'),
    namespaceSelectors: readSelectors(reader, 'namespaceSelectors'),
    serviceSelectors: readSelectors(reader, 'serviceSelectors'),
  };
}

function readSelectors(reader: ObjectReader, field: string): readonly LabelSelector[] {
  return reader.objects(field).map((selector) => readLabelSelector(selector));
}
