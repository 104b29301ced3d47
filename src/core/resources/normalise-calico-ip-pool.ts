import type { ObjectRef } from '../kernel/object-ref.js';
import type { CalicoEncapsulation, CalicoIPPool } from './calico-ip-pool.js';
import { checkCalicoIPPool } from './internal/check-calico-ip-pool.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

const MODES: readonly CalicoEncapsulation[] = ['Always', 'CrossSubnet', 'Never'];

/** Reads a Calico IPPool; defaults and rules as in projectcalico/calico `libcalico-go/lib/clientv3/ippool.go`. */
export function normaliseCalicoIPPool(root: ObjectReader, ref: ObjectRef): CalicoIPPool {
  const spec = root.object('spec') ?? root.empty('spec');
  const cidr = spec.cidr('cidr');
  if (!spec.has('cidr')) spec.error('missing-field', 'cidr', 'an IPPool needs a cidr');
  const pool: CalicoIPPool = {
    ...readResource(root, ref),
    kind: 'IPPool',
    cidr,
    blockSize: spec.integer('blockSize', 0, 128) || spec.default('blockSize', cidr?.family === 6 ? 122 : 26),
    ipipMode: spec.oneOf('ipipMode', MODES) ?? spec.default('ipipMode', 'Never'),
    vxlanMode: spec.oneOf('vxlanMode', MODES) ?? spec.default('vxlanMode', 'Never'),
    natOutgoing: spec.boolean('natOutgoing') ?? false,
    disabled: spec.boolean('disabled') ?? false,
    ...readAllocatable(root.object('status')),
    assignmentMode: spec.oneOf('assignmentMode', ['Automatic', 'Manual']) ?? spec.default('assignmentMode', 'Automatic'),
    allowedUses: spec.texts('allowedUses'),
    nodeSelector: spec.filledText('nodeSelector'),
    namespaceSelector: spec.filledText('namespaceSelector'),
  };
  checkCalicoIPPool(pool, spec);
  return pool;
}

function readAllocatable(status: ObjectReader | undefined): Pick<CalicoIPPool, 'notAllocatable' | 'isJudged'> {
  const condition = status?.objects('conditions').find((one) => one.raw('type') === 'Allocatable');
  if (condition?.raw('status') !== 'False') return { notAllocatable: undefined, isJudged: condition !== undefined };
  const words = [condition.text('reason') || 'no reason', condition.text('message')];
  return { notAllocatable: words.filter(Boolean).join(': '), isJudged: true };
}
