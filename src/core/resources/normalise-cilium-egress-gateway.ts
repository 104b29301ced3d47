import type { ObjectRef } from '../kernel/object-ref.js';
import type { CiliumEgressGatewayPolicy, EgressGatewayChoice, EgressSubject } from './cilium-egress-gateway.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readLabelSelector } from './internal/read-label-selector.js';
import { readResource } from './internal/read-resource.js';
import { EVERYTHING, type LabelSelector } from './label-selector.js';

/**
 * Reads a CiliumEgressGatewayPolicy as the agent does, which goes without one that it cannot read (cilium/cilium `pkg/egressgateway/policy.go`, ParseCEGP): a rule has to select pods or
 * namespaces, a gateway has an interface or an egressIP and not both, and `egressGateways`, where there are some, stand in place of `egressGateway`.
 */
export function normaliseCiliumEgressGatewayPolicy(root: ObjectReader, ref: ObjectRef): CiliumEgressGatewayPolicy {
  const spec = root.object('spec') ?? root.empty('spec');
  const several = spec.objects('egressGateways');
  const one = spec.object('egressGateway');
  const written = several.length > 0 ? several : one ? [one] : [];
  if (written.length === 0)
    spec.error('missing-field', 'egressGateway', 'a policy of egress gateways needs a gateway: the agent goes without it');
  if (!spec.has('destinationCIDRs'))
    spec.error('missing-field', 'destinationCIDRs', 'a policy of egress gateways needs destinations: the agent goes without it');
  const subjects = spec.objects('selectors').map(readSubject);
  const gateways = written.map(readGateway);
  const [destinations, excluded] = [spec.cidrs('destinationCIDRs'), spec.cidrs('excludedCIDRs')];
  const isWhole = destinations.length === spec.texts('destinationCIDRs').length && excluded.length === spec.texts('excludedCIDRs').length;
  return {
    ...readResource(root, ref),
    kind: 'CiliumEgressGatewayPolicy',
    subjects: subjects.flatMap((subject) => subject ?? []),
    destinations,
    excluded,
    gateways: gateways.flatMap((gateway) => gateway ?? []),
    refused: gateways.length === 0 || gateways.includes(undefined) || subjects.includes(undefined) || destinations.length === 0 || !isWhole,
  };
}

function readSubject(rule: ObjectReader): EgressSubject | undefined {
  const subject = {
    pods: selectorAt(rule, 'podSelector'),
    namespaces: selectorAt(rule, 'namespaceSelector'),
    nodes: selectorAt(rule, 'nodeSelector'),
  };
  if (subject.pods || subject.namespaces) return subject;
  rule.error('missing-field', 'podSelector', 'a rule needs a podSelector or a namespaceSelector: the agent goes without the policy');
  return undefined;
}

function readGateway(gateway: ObjectReader): EgressGatewayChoice | undefined {
  const [device, egressIP] = [gateway.filledText('interface'), gateway.has('egressIP') ? gateway.ip('egressIP') : undefined];
  if (device !== undefined && gateway.filledText('egressIP') !== undefined) {
    gateway.error('invalid-value', 'interface', 'a gateway has an interface or an egressIP, not both: the agent goes without the policy');
    return undefined;
  }
  if (gateway.filledText('egressIP') !== undefined && !egressIP) return undefined;
  return { nodes: selectorAt(gateway, 'nodeSelector') ?? EVERYTHING, device, egressIP };
}

function selectorAt(reader: ObjectReader, field: string): LabelSelector | undefined {
  const selector = reader.object(field);
  return selector && readLabelSelector(selector);
}
