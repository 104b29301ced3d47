import type { CiliumCondition, CiliumRule, CiliumSelector } from '../cilium-policy.js';
import type { ObjectReader } from './object-reader.js';
import { ciliumPeerFields, readCiliumPeers } from './read-cilium-peers.js';
import { readCiliumPorts } from './read-cilium-ports.js';

/** Where a rule stands. */
export interface CiliumRulePlace {
  readonly direction: 'ingress' | 'egress';
  readonly deny: boolean;
  /** A rule of a host policy. */
  readonly host: boolean;
  /** Of the policy; undefined for a clusterwide one. */
  readonly namespace: string | undefined;
  readonly subject: CiliumSelector;
}

/**
 * Reads one element of `ingress`, `ingressDeny`, `egress` or `egressDeny`. The agent refuses a policy with a rule that it cannot read; here that rule alone fails
 * closed.
 */
export function readCiliumRule(reader: ObjectReader, place: CiliumRulePlace): CiliumRule {
  const { direction, deny } = place;
  const requires = direction === 'ingress' ? 'fromRequires' : 'toRequires';
  reader.expectOnly(new Set([...ciliumPeerFields(direction), 'toPorts', 'icmps', 'authentication', requires]));
  const before = reader.findings.errors;
  if (reader.has(requires)) reader.error('removed-field', requires, `\`${requires}\` was removed in Cilium 1.19: the rule fails closed`);
  const peers = readCiliumPeers(reader, place);
  const ports = readCiliumPorts(reader, place);
  const authentication = readAuthentication(reader, deny);
  if (reader.has('toServices') && ports.length > 0) {
    const message = 'Cilium before 1.17 refuses a policy with `toServices` beside ports (cilium/cilium#20067)';
    reader.findings.report('info', 'needs-release', reader.at('toServices'), message);
  }
  if (peers === undefined && ports.length === 0) {
    const all = direction === 'ingress' ? 'fromEntities' : 'toEntities';
    const message = `a rule without peers and ports matches nothing, though its endpoints are in default-deny`;
    reader.findings.report('warning', 'empty-rule', reader.pointer, message, `for everybody write \`${all}: [all]\``);
  }
  const failsClosed = reader.findings.errors > before;
  return { pointer: reader.pointer, action: deny ? 'Deny' : 'Accept', peers, ports, authentication, failsClosed };
}

function readAuthentication(reader: ObjectReader, deny: boolean): CiliumCondition | undefined {
  if (deny && reader.has('authentication')) reader.warn('unknown-field', 'authentication', 'a rule that denies has no `authentication`');
  const object = deny ? undefined : reader.object('authentication');
  if (!object) return undefined;
  object.expectOnly(new Set(['mode']));
  const mode = object.oneOf('mode', ['disabled', 'required', 'test-always-fail']);
  if (!object.has('mode')) object.error('missing-field', 'mode', 'authentication needs a mode: disabled, required');
  const pointer = reader.at('authentication');
  if (mode === 'required') return { pointer, kind: 'AUTHENTICATION', text: 'connections whose two sides authenticate each other' };
  if (mode === 'test-always-fail') return { pointer, kind: 'AUTHENTICATION', text: 'what passes `test-always-fail`, which is nothing' };
  return undefined;
}
