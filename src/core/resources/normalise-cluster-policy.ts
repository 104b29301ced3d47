import type { ObjectRef } from '../kernel/object-ref.js';
import type {
  AdminNetworkPolicy,
  BaselineAdminNetworkPolicy,
  ClusterNetworkPolicy,
  ClusterPolicy,
  ClusterPort,
  ClusterRule,
  PolicyAction,
  PolicyTier,
} from './cluster-policy.js';
import type { ObjectReader } from './internal/object-reader.js';
import { type PeerVersion, readClusterPeer, readClusterSubject } from './internal/read-cluster-peer.js';
import { readAdminPort, readClusterProtocol } from './internal/read-cluster-port.js';
import { readResource } from './internal/read-resource.js';

type Direction = 'ingress' | 'egress';

/** Where the versions differ. */
interface Dialect {
  /** As the version spells the actions; the first stands for Accept. */
  readonly actions: readonly string[];
  readonly portsField: 'ports' | 'protocols';
  readonly readPort: (reader: ObjectReader) => ClusterPort;
  /** Rules for each direction, and peers and ports for each rule. */
  readonly most: number;
  readonly version: PeerVersion;
}

const ADMIN: Dialect = {
  actions: ['Allow', 'Deny', 'Pass'],
  portsField: 'ports',
  readPort: readAdminPort,
  most: 100,
  version: 'v1alpha1',
};
const BASELINE: Dialect = { ...ADMIN, actions: ['Allow', 'Deny'] };
const CLUSTER: Dialect = {
  actions: ['Accept', 'Deny', 'Pass'],
  portsField: 'protocols',
  readPort: readClusterProtocol,
  most: 25,
  version: 'v1alpha2',
};
const CLUSTER_BETA: Dialect = { ...CLUSTER, version: 'v1beta1' };

const MOST_PRIORITY = 1000;
const MOST_NAME = 100;

/** Reads an AdminNetworkPolicy (network-policy-api `apis/v1alpha1/adminnetworkpolicy_types.go`). What its CRD refuses is an error, and fails closed. */
export function normaliseAdminNetworkPolicy(root: ObjectReader, ref: ObjectRef): AdminNetworkPolicy {
  const spec = specOf(root);
  return { ...readResource(root, ref), kind: 'AdminNetworkPolicy', tier: 'Admin', priority: readPriority(spec), ...readBody(spec, ADMIN) };
}

/** Reads a BaselineAdminNetworkPolicy (`apis/v1alpha1/baselineadminnetworkpolicy_types.go`): "the name must be `default`". */
export function normaliseBaselineAdminNetworkPolicy(root: ObjectReader, ref: ObjectRef): BaselineAdminNetworkPolicy {
  if (ref.name !== 'default') {
    const message = `a cluster has one BaselineAdminNetworkPolicy, named \`default\`, not \`${ref.name}\``;
    root.findings.report('error', 'invalid-value', '/metadata/name', message);
  }
  const spec = specOf(root);
  const body = readBody(spec, BASELINE);
  return { ...readResource(root, ref), kind: 'BaselineAdminNetworkPolicy', tier: 'Baseline', priority: undefined, ...body };
}

/** Reads a ClusterNetworkPolicy (`apis/v1alpha2/clusternetworkpolicy_types.go`, and the same file of `apis/v1beta1`). */
export function normaliseClusterNetworkPolicy(root: ObjectReader, ref: ObjectRef): ClusterNetworkPolicy {
  const spec = specOf(root);
  return {
    ...readResource(root, ref),
    kind: 'ClusterNetworkPolicy',
    tier: readTier(spec),
    priority: readPriority(spec),
    ...readBody(spec, ref.apiVersion.endsWith('/v1beta1') ? CLUSTER_BETA : CLUSTER),
  };
}

function specOf(root: ObjectReader): ObjectReader {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'the policy needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(new Set(['tier', 'priority', 'subject', 'ingress', 'egress']));
  return spec;
}

function readTier(spec: ObjectReader): PolicyTier {
  if (!spec.has('tier')) spec.error('missing-field', 'tier', 'a ClusterNetworkPolicy needs a tier: Admin or Baseline');
  return spec.oneOf('tier', ['Admin', 'Baseline']) ?? 'Admin';
}

function readPriority(spec: ObjectReader): number | undefined {
  if (!spec.has('priority')) spec.error('missing-field', 'priority', `the policy needs a priority 0…${MOST_PRIORITY}`);
  return spec.integer('priority', 0, MOST_PRIORITY);
}

function readBody(spec: ObjectReader, dialect: Dialect): Pick<ClusterPolicy, 'subject' | Direction> {
  const subject = spec.object('subject');
  if (!spec.has('subject')) spec.error('missing-field', 'subject', 'the policy needs a subject: namespaces or pods');
  return {
    subject: subject && readClusterSubject(subject, dialect.version),
    ingress: readRules(spec, 'ingress', dialect),
    egress: readRules(spec, 'egress', dialect),
  };
}

function readRules(spec: ObjectReader, direction: Direction, dialect: Dialect): readonly ClusterRule[] {
  const rules = spec.objects(direction).map((rule) => readRule(rule, direction, dialect));
  checkCount(spec, direction, rules.length, dialect.most, 'in one direction');
  return rules;
}

function readRule(reader: ObjectReader, direction: Direction, dialect: Dialect): ClusterRule {
  const { portsField, most, version } = dialect;
  const peersField = direction === 'ingress' ? 'from' : 'to';
  reader.expectOnly(new Set(['name', 'action', peersField, portsField]));
  const name = reader.filledText('name');
  const { action, written } = readAction(reader, dialect);
  const before = reader.findings.errors;
  const peers = reader.objects(peersField).map((peer) => readClusterPeer(peer, direction, version));
  const ports = reader.objects(portsField).map(dialect.readPort);
  const empty = reader.has(portsField) && ports.length === 0;
  if (empty && reader.findings.errors === before) reader.error('missing-field', portsField, `\`${portsField}\` needs at least one element`);
  if (peers.length === 0) reader.error('missing-field', peersField, `a rule needs at least one peer in \`${peersField}\``);
  checkDomains(reader, { action, peers }, dialect);
  const failsClosed = reader.findings.errors > before;
  checkNames(reader, { peers, ports }, dialect);
  checkCount(reader, peersField, peers.length, most, 'in one rule');
  checkCount(reader, portsField, ports.length, most, 'in one rule');
  if ((name?.length ?? 0) > MOST_NAME) reader.error('out-of-range', 'name', `the name is longer than ${MOST_NAME} characters`);
  return { pointer: reader.pointer, name, action, written, peers, ports, failsClosed };
}

/** An action that is none denies: the rule was written to decide something, and must not open anything. */
function readAction(reader: ObjectReader, { actions }: Dialect): { readonly action: PolicyAction; readonly written: string } {
  if (!reader.has('action')) reader.error('missing-field', 'action', `a rule needs an action: ${actions.join(', ')}`);
  const written = reader.oneOf('action', actions) ?? 'Deny';
  if (written === actions[0]) return { action: 'Accept', written };
  return { action: written === 'Pass' ? 'Pass' : 'Deny', written };
}

/** A named port is looked up on pods; beside other peers ClusterNetworkPolicy refuses it, and v1alpha1 lets it match nothing there. */
function checkNames(reader: ObjectReader, { peers, ports }: Pick<ClusterRule, 'peers' | 'ports'>, dialect: Dialect): void {
  const named = ports.findIndex((port) => port.type === 'named');
  if (named < 0 || !peers.some(({ type }) => type === 'networks' || type === 'nodes' || type === 'domainNames')) return;
  const message = 'a named port is looked up on pods: it matches nothing at networks, nodes and domainNames';
  reader.findings.report(
    dialect.version === 'v1alpha1' ? 'warning' : 'error',
    'invalid-value',
    `${reader.at(dialect.portsField)}/${named}`,
    message,
  );
}

/** "DomainNames is only supported for Accept rules." */
function checkDomains(reader: ObjectReader, { action, peers }: Pick<ClusterRule, 'action' | 'peers'>, { actions }: Dialect): void {
  const domain = peers.find(({ type }) => type === 'domainNames');
  if (!domain || action === 'Accept') return;
  const message = `domainNames go with ${actions[0] ?? ''} rules only: this one denies everything instead`;
  reader.findings.report('error', 'invalid-value', domain.pointer, message);
}

function checkCount(reader: ObjectReader, field: string, count: number, most: number, where: string): void {
  if (count > most) reader.error('too-many', field, `at most ${most} elements of \`${field}\` are allowed ${where}, there are ${count}`);
}
