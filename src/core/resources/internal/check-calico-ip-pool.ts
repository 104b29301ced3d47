import { type Cidr, cidrsOverlap, parseCidr } from '../../net/cidr.js';
import { parseIp } from '../../net/ip.js';
import type { CalicoIPPool } from '../calico-ip-pool.js';
import { parseCalicoSelector } from '../parse-calico-selector.js';
import type { ObjectReader } from './object-reader.js';

interface Rule {
  readonly field: string;
  /** In Calico's words. */
  readonly says: string;
  readonly isBroken: (pool: CalicoIPPool, spec: ObjectReader) => boolean;
}

const LINK_LOCAL = { v4: prefix('169.254.0.0/16'), v6: prefix('fe80::/10') };
const isLoadBalancer = ({ allowedUses }: CalicoIPPool) => allowedUses.includes('LoadBalancer');
const isWrapped = ({ ipipMode, vxlanMode }: CalicoIPPool) => ipipMode !== 'Never' || vxlanMode !== 'Never';

/** What Calico refuses of an IPPool (projectcalico/calico `api/pkg/apis/projectcalico/v3/ippool.go`, rules of the CRD; `libcalico-go/lib/clientv3/ippool.go`). */
const RULES: readonly Rule[] = [
  {
    field: 'vxlanMode',
    says: 'ipipMode and vxlanMode cannot both be enabled',
    isBroken: ({ ipipMode, vxlanMode }) => ipipMode !== 'Never' && vxlanMode !== 'Never',
  },
  {
    field: 'allowedUses',
    says: 'LoadBalancer IP pool cannot have IPIP or VXLAN enabled',
    isBroken: (pool) => isLoadBalancer(pool) && isWrapped(pool),
  },
  {
    field: 'allowedUses',
    says: 'LoadBalancer cannot be combined with Workload or Tunnel allowed uses',
    isBroken: (pool) => isLoadBalancer(pool) && pool.allowedUses.some((use) => use === 'Workload' || use === 'Tunnel'),
  },
  {
    field: 'ipipMode',
    says: 'IPIP is not supported on IPv6 pools',
    isBroken: ({ cidr, ipipMode }) => cidr?.family === 6 && ipipMode !== 'Never',
  },
  {
    field: 'nodeSelector',
    says: 'IP Pool with AllowedUse LoadBalancer must have nodeSelector set to all()',
    isBroken: (pool) => isLoadBalancer(pool) && (pool.nodeSelector ?? 'all()') !== 'all()',
  },
  {
    field: 'disableBGPExport',
    says: 'IP Pool with AllowedUse LoadBalancer must have disableBGPExport set to false',
    isBroken: (pool, spec) => isLoadBalancer(pool) && spec.boolean('disableBGPExport') === true,
  },
  {
    field: 'namespaceSelector',
    says: 'IP Pool with AllowedUse Tunnel cannot have a namespaceSelector',
    isBroken: ({ allowedUses, namespaceSelector }) =>
      namespaceSelector !== undefined && allowedUses.includes('Tunnel') && !allowedUses.includes('Workload'),
  },
  ...(['nodeSelector', 'namespaceSelector'] as const).map((field) => ({
    field,
    says: `global() selector is not valid for IPPool ${field}`,
    isBroken: (pool: CalicoIPPool) => usesGlobal(pool[field]),
  })),
  { field: 'cidr', says: 'IPPool CIDR must be strictly masked', isBroken: (_, spec) => hasHostBits(spec.filledText('cidr') ?? '') },
  {
    field: 'cidr',
    says: 'IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16',
    isBroken: ({ cidr }) => cidr !== undefined && cidrsOverlap(cidr, LINK_LOCAL.v4),
  },
  {
    field: 'cidr',
    says: 'IPPool CIDR overlaps with IPv6 link local range fe80::/10',
    isBroken: ({ cidr }) => cidr !== undefined && cidrsOverlap(cidr, LINK_LOCAL.v6),
  },
  {
    field: 'blockSize',
    says: 'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    isBroken: ({ cidr, blockSize }) => cidr !== undefined && !isBlockSize(cidr, blockSize),
  },
  {
    field: 'cidr',
    says: 'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    isBroken: ({ cidr, blockSize, disabled }) => cidr !== undefined && !disabled && cidr.prefix > blockSize,
  },
];

/** Reports each rule that the pool breaks, at its field. The pool is understood all the same: what is stored may be older than the rule. */
export function checkCalicoIPPool(pool: CalicoIPPool, spec: ObjectReader): void {
  for (const { field, says, isBroken } of RULES) {
    if (isBroken(pool, spec)) spec.error('invalid-pool', field, says);
  }
}

function isBlockSize({ family }: Cidr, blockSize: number): boolean {
  return family === 4 ? blockSize >= 20 && blockSize <= 32 : blockSize >= 116 && blockSize <= 128;
}

function hasHostBits(text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && parseIp(text.slice(0, text.indexOf('/')))?.value !== cidr.base;
}

function usesGlobal(text: string | undefined): boolean {
  const selector = text === undefined ? undefined : parseCalicoSelector(text);
  return selector?.ok === true && selector.value.steps.some(({ op }) => op === 'global');
}

function prefix(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`${text} is no prefix`);
  return cidr;
}
