import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { apiGroup, type ObjectRef } from '../../kernel/object-ref.js';
import type { CalicoPolicy, CalicoSubject } from '../calico-policy.js';
import { readCalicoRules } from './read-calico-rule.js';
import { readCalicoSelector } from './read-calico-selector.js';
import type { ObjectReader } from './object-reader.js';

/** Fields of a NetworkPolicySpec. */
export const NAMESPACED_FIELDS: ReadonlySet<string> = new Set([
  'egress',
  'ingress',
  'order',
  'performanceHints',
  'selector',
  'serviceAccountSelector',
  'tier',
  'types',
]);

/** Fields of a GlobalNetworkPolicySpec. */
export const GLOBAL_FIELDS: ReadonlySet<string> = new Set([
  ...NAMESPACED_FIELDS,
  'applyOnForward',
  'doNotTrack',
  'namespaceSelector',
  'preDNAT',
]);

/** The tier of policies that name none. */
const DEFAULT_TIER = 'default';

const TYPES = ['Ingress', 'Egress'] as const;
const HINTS = ['AssumeNeededOnEveryNode'];
const TIER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

type Body = Pick<CalicoPolicy, 'name' | 'tier' | 'order' | 'subject' | 'appliesToIngress' | 'appliesToEgress' | 'ingress' | 'egress'>;

/** Reads what the policies of a namespace and the global ones (`namespace` undefined) have in common. */
export function readCalicoPolicy(spec: ObjectReader, { apiVersion, name }: ObjectRef, namespace: string | undefined): Body {
  const tier = readTier(spec);
  const [ingress, egress] = [
    readCalicoRules(spec, { direction: 'ingress', namespace }),
    readCalicoRules(spec, { direction: 'egress', namespace }),
  ];
  const types = readTypes(spec, defaultTypes(apiVersion, { ingress: ingress.length > 0, egress: egress.length > 0 }));
  for (const hint of spec.texts('performanceHints')) {
    if (!HINTS.includes(hint))
      spec.error('invalid-value', 'performanceHints', `\`${hint}\` is none of ${HINTS.join(', ')}`, didYouMeanHint(hint, HINTS));
  }
  return {
    name: plainName(name, tier),
    tier,
    order: readOrder(spec),
    subject: readSubject(spec, namespace === undefined),
    appliesToIngress: types.includes('Ingress'),
    appliesToEgress: types.includes('Egress'),
    ingress,
    egress,
  };
}

/** Objects of `crd.projectcalico.org` carry the tier before the name, in the tier `default` too, where `projectcalico.org` may leave it out. */
function plainName(name: string, tier: string): string {
  return tier === DEFAULT_TIER && name.startsWith(`${DEFAULT_TIER}.`) ? name.slice(DEFAULT_TIER.length + 1) : name;
}

function readTier(spec: ObjectReader): string {
  const tier = spec.filledText('tier');
  if (tier === undefined) return spec.default('tier', DEFAULT_TIER);
  if (!TIER_NAME.test(tier)) spec.error('invalid-value', 'tier', `\`${tier}\` is no name of a tier: lower case letters, digits and \`-\``);
  return tier;
}

/** A float; missing: "the policy will be applied last". */
export function readOrder(spec: ObjectReader): number | undefined {
  const order = spec.raw('order');
  if (order === undefined || typeof order === 'number') return order;
  spec.error('wrong-type', 'order', 'expected a number', typeof order === 'string' ? 'write it without quotes' : undefined);
  return undefined;
}

/**
 * "Ingress if there are no Egress rules …, Egress if there are Egress rules but no Ingress rules, both if there are both": so Calico's API server and its clients
 * fill the field in. An object of the CRD in which nobody did reaches Felix as it is: "Back compatibility: no Types means Ingress and Egress"
 * (`felix/calc/policy_sorter.go`).
 */
function defaultTypes(apiVersion: string, has: { readonly ingress: boolean; readonly egress: boolean }): readonly string[] {
  if (apiGroup(apiVersion) === 'crd.projectcalico.org') return TYPES;
  return has.egress ? (has.ingress ? TYPES : ['Egress']) : ['Ingress'];
}

function readTypes(spec: ObjectReader, byDefault: readonly string[]): readonly string[] {
  const given = spec.texts('types');
  if (given.length === 0 && !spec.has('types')) return spec.default('types', byDefault);
  if (given.length === 0)
    spec.error('missing-field', 'types', '`types` needs Ingress, Egress or both; left out, it follows from the rules');
  for (const [index, type] of given.entries()) {
    const report = (message: string, hint?: string) =>
      spec.findings.report('error', 'invalid-value', `${spec.at('types')}/${index}`, message, hint);
    if (type !== 'Ingress' && type !== 'Egress') report(`\`${type}\` is neither Ingress nor Egress`, didYouMeanHint(type, TYPES));
    else if (given.indexOf(type) < index) report(`\`${type}\` stands there twice`);
  }
  // What cannot be read must not open anything: it applies to both.
  return given.some((type) => type === 'Ingress' || type === 'Egress') ? given : TYPES;
}

function readSubject(spec: ObjectReader, global: boolean): CalicoSubject | undefined {
  const before = spec.findings.diagnostics.length;
  const read = (field: string) => readCalicoSelector(spec, field, { global: 'refused' });
  const subject = {
    selector: read('selector'),
    namespaceSelector: global ? read('namespaceSelector') : undefined,
    serviceAccountSelector: read('serviceAccountSelector'),
  };
  const broken = spec.findings.diagnostics.slice(before).some(({ severity }) => severity === 'error');
  return broken ? undefined : subject;
}
