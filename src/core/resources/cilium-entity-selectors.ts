import type { JsonObject } from '../kernel/json.js';
import { CILIUM_ENTITIES, type CiliumSelector } from './cilium-policy.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { readLabelSelector } from './internal/read-label-selector.js';

/** What `policy-entity-selectors` may extend (cilium/cilium `pkg/policy/api/entity.go`, customizableEntities). */
const CUSTOMISABLE: ReadonlySet<string> = new Set([
  ...CILIUM_ENTITIES.filter((entity) => entity !== 'all' && entity !== 'cluster'),
  'world-ipv4',
  'world-ipv6',
]);

const OPTION = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'cilium-config' };

/** Whom the agent counts to an entity beside those that it means of itself, by its name. */
export type EntitySelectors = ReadonlyMap<string, CiliumSelector>;

/**
 * Reads the agent's option `policy-entity-selectors`: an object of label selectors by entity, whose keys are labels of pods
 * (`ParseAdditionalEntitySelectors`). Undefined where the agent refuses it. Whoever belongs to the API server belongs to the cluster too.
 */
export function readEntitySelectors(value: JsonObject): EntitySelectors | undefined {
  const selectors = new Map<string, CiliumSelector>();
  const reader = new ObjectReader(value, new Findings(OPTION));
  for (const entity of Object.keys(value)) {
    const object = CUSTOMISABLE.has(entity) ? reader.object(entity) : undefined;
    const selector = object && readLabelSelector(object);
    if (!selector || selector.invalid || selector.requirements.length === 0) return undefined;
    const requirements = selector.requirements.map((requirement) => ({ ...requirement, key: `k8s:${requirement.key}` }));
    selectors.set(entity, { requirements, invalid: false });
  }
  const apiServer = selectors.get('kube-apiserver');
  return apiServer ? selectors.set('cluster', apiServer) : selectors;
}
