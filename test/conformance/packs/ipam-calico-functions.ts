import { mayRewriteCidr, poolUpdateRefusals, type WrittenPool } from '../../../src/core/ipam/calico-pool-update.js';
import { type CalicoPool, choosePools, DEFAULT_POOL_USES } from '../../../src/core/ipam/calico-pool-choice.js';
import { partialFulfilment } from '../../../src/core/ipam/partial-fulfilment.js';
import type { JsonObject } from '../../../src/core/kernel/json.js';
import { formatCidr, parseCidr } from '../../../src/core/net/cidr.js';
import type { CalicoIPPool } from '../../../src/core/resources/calico-ip-pool.js';
import type { CalicoSelector } from '../../../src/core/resources/calico-selector.js';
import { normaliseObject } from '../../../src/core/resources/normalise-object.js';
import { parseCalicoSelector } from '../../../src/core/resources/parse-calico-selector.js';
import type { Arguments } from './ipam-arguments.js';
import type { CallResult } from './ipam-set-functions.js';
import { textOf } from './ipam-vector.js';

type Pool = {
  readonly cidr: string;
  readonly enabled: boolean;
  readonly nodeSelector?: string;
  readonly namespaceSelector?: string;
  readonly assignmentMode?: 'Automatic' | 'Manual';
};

/** Functions of the pack about Calico's pools. */
export const CALICO_FUNCTIONS: Readonly<Record<string, (input: Arguments) => CallResult>> = {
  selectPools: (input) => {
    const pools = (input.json('pools') as readonly Pool[]).map(poolOf);
    if (pools.includes('INVALID_SELECTOR')) return { error: 'INVALID_SELECTOR' };
    const chosen = choosePools(pools as readonly CalicoPool[], {
      family: input.number('family') === 6 ? 6 : 4,
      requested: input.texts('requested').flatMap((text) => parseCidr(text) ?? []),
      nodeLabels: input.json('nodeLabels') as Readonly<Record<string, string>>,
      namespaceLabels: input.isNull('namespaceLabels') ? undefined : (input.json('namespaceLabels') as Readonly<Record<string, string>>),
      keptOfBlock: 0,
    });
    return chosen.ok ? chosen.value.map(({ cidr }) => formatCidr(cidr)) : { error: chosen.error.code, message: chosen.error.message };
  },
  partialFulfilmentMessage: (input) =>
    partialFulfilment(
      input.number('family') === 6 ? 6 : 4,
      input.number('requested'),
      input.number('assigned'),
      input.texts('messages'),
      input.isNull('hostReservedHandle') ? undefined : input.text('hostReservedHandle'),
    ),
  validateIPPool: (input) => {
    const { diagnostics } = read(input.json('spec') as JsonObject);
    const broken = diagnostics.filter(({ severity }) => severity === 'error');
    return broken.length === 0 ? { valid: true } : { error: 'INVALID_POOL', message: broken.map(({ message }) => message).join('; ') };
  },
  updateIPPool: (input) => {
    const [before, after] = ['old', 'new'].map((name) => written(input.json(name) as JsonObject));
    if (!before || !after) return undefined;
    const refusals = poolUpdateRefusals(before, after);
    return refusals.length === 0 ? { valid: true } : { error: 'IMMUTABLE', message: refusals.join('; ') };
  },
  cidrRewriteAllowed: (input) => mayRewriteCidr(input.text('old'), input.text('new')),
  defaultIPPool: (input) => {
    const { assignmentMode, nodeSelector, allowedUses, blockSize } = read(input.json('spec') as JsonObject).pool;
    return {
      assignmentMode,
      nodeSelector: nodeSelector ?? 'all()',
      allowedUses: [...(allowedUses.length > 0 ? allowedUses : DEFAULT_POOL_USES)].sort(),
      blockSize,
    };
  },
};

function written(spec: JsonObject): WrittenPool {
  return { pool: read(spec).pool, cidr: textOf(spec.cidr) };
}

function read(spec: JsonObject) {
  const { resource, diagnostics } = normaliseObject({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'pool' },
    spec,
  });
  return { pool: resource as CalicoIPPool, diagnostics };
}

function poolOf({
  cidr,
  enabled,
  nodeSelector = '',
  namespaceSelector = '',
  assignmentMode = 'Automatic',
}: Pool): CalicoPool | 'INVALID_SELECTOR' {
  const prefix = parseCidr(cidr);
  const [node, namespace] = [nodeSelector, namespaceSelector].map(selectorOf);
  if (!prefix || node === 'invalid' || namespace === 'invalid') return 'INVALID_SELECTOR';
  const blockSize = prefix.family === 6 ? 122 : 26;
  return {
    cidr: prefix,
    blockSize,
    enabled,
    nodeSelector: node,
    namespaceSelector: namespace,
    assignmentMode,
    allowedUses: DEFAULT_POOL_USES,
  };
}

function selectorOf(text: string): CalicoSelector | 'invalid' | undefined {
  if (text === '') return undefined;
  const selector = parseCalicoSelector(text);
  return selector.ok ? selector.value : 'invalid';
}
