import type { ObjectRef } from '../kernel/object-ref.js';
import type { CalicoTier } from './calico-tier.js';
import { readOrder } from './internal/read-calico-policy.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

const FIELDS: ReadonlySet<string> = new Set(['order', 'defaultAction']);
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LONGEST_NAME = 63;

/** The tiers that Calico makes itself (projectcalico/calico `api/pkg/apis/projectcalico/v3/tier.go`; the latter two under their older names too). */
export const BUILT_IN_TIERS: ReadonlyMap<string, Pick<CalicoTier, 'defaultAction'> & { readonly order: number }> = new Map([
  ['default', { order: 1_000_000, defaultAction: 'Deny' }],
  ['kube-admin', { order: 1000, defaultAction: 'Pass' }],
  ['kube-baseline', { order: 10_000_000, defaultAction: 'Pass' }],
  ['adminnetworkpolicy', { order: 1000, defaultAction: 'Pass' }],
  ['baselineadminnetworkpolicy', { order: 10_000_000, defaultAction: 'Pass' }],
]);

/** Reads a Tier. */
export function normaliseCalicoTier(root: ObjectReader, ref: ObjectRef): CalicoTier {
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  if (!NAME.test(ref.name) || ref.name.length > LONGEST_NAME) {
    const message = `\`${ref.name}\` is no name of a tier: at most ${LONGEST_NAME} lower case letters, digits and \`-\``;
    root.findings.report('error', 'invalid-value', '/metadata/name', message);
  }
  const builtIn = BUILT_IN_TIERS.get(ref.name);
  const order = readOrder(spec) ?? builtIn?.order;
  if (builtIn && order !== builtIn.order) spec.error('invalid-value', 'order', `the order of the tier \`${ref.name}\` is ${builtIn.order}`);
  const action = spec.oneOf('defaultAction', ['Deny', 'Pass']);
  if (builtIn && action !== undefined && action !== builtIn.defaultAction) {
    spec.error('invalid-value', 'defaultAction', `the defaultAction of the tier \`${ref.name}\` is ${builtIn.defaultAction}`);
  }
  // "If not specified, defaults to Deny."
  const defaultAction = builtIn?.defaultAction ?? action ?? (spec.has('defaultAction') ? 'Deny' : spec.default('defaultAction', 'Deny'));
  return { ...readResource(root, ref), kind: 'Tier', order: builtIn?.order ?? order, defaultAction };
}
