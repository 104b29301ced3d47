import { formatCidr } from '../../net/cidr.js';
import type { CalicoEntity, CalicoPolicy, CalicoPort, CalicoRule } from '../../resources/calico-policy.js';
import { httpWords, plainPort, protocolWords } from './calico-rule.js';
import type { Direction } from './direction.js';

/** ``endpoints `app == "web"` of namespace shop``; what cannot be read selects nothing. */
export function describeCalicoSubject(policy: CalicoPolicy): string {
  if (!policy.subject) return 'nothing, because it cannot be read';
  const { selector, namespaceSelector, serviceAccountSelector } = policy.subject;
  const who = selector ? `endpoints \`${selector.text}\`` : 'all endpoints';
  const place = policy.kind === 'CalicoNetworkPolicy' ? ` of namespace ${policy.namespace}` : '';
  const ofNamespaces = namespaceSelector ? ` of namespaces \`${namespaceSelector.text}\`` : '';
  const ofAccounts = serviceAccountSelector ? ` with service accounts \`${serviceAccountSelector.text}\`` : '';
  return `${who}${place}${ofNamespaces}${ofAccounts}`;
}

/** ``Allow from selector `app == "web"`, TCP 80``; criteria of the own side stand behind. */
export function describeCalicoRule(rule: CalicoRule, direction: Direction): string {
  if (rule.failsClosed) {
    const allows = rule.action === 'Allow' || rule.action === 'Log';
    return `${allows ? 'nothing' : 'Deny everything'}: the rule cannot be read`;
  }
  const [own, other] = direction === 'egress' ? [rule.source, rule.destination] : [rule.destination, rule.source];
  const version = rule.ipVersion === undefined ? '' : `, IPv${rule.ipVersion}`;
  const ownWords = entityWords(own);
  const http = rule.http ? `, ${httpWords(rule.http)}` : '';
  const from = portWords(rule.source, ' from source ports');
  const ports = `${protocolWords(rule)}${portWords(rule.destination, '')}${from}`;
  const subject = ownWords === 'everybody' ? '' : `, only at ${ownWords}`;
  return `${rule.action} ${direction === 'egress' ? 'to' : 'from'} ${entityWords(other)}, ${ports}${version}${http}${subject}`;
}

function portWords({ ports, notPorts }: CalicoEntity, prefix: string): string {
  const list = (some: readonly CalicoPort[]) => some.map(plainPort).join(', ');
  const wanted = ports.length === 0 ? '' : `${prefix} ${list(ports)}`;
  return notPorts.length === 0 ? wanted : `${wanted}${wanted === '' ? prefix : ''} but ${list(notPorts)}`;
}

function entityWords(entity: CalicoEntity): string {
  const { selector, notSelector, namespaceSelector, serviceAccounts, nets, notNets, service } = entity;
  const words = [
    selector && `selector \`${selector.text}\``,
    notSelector && `not selector \`${notSelector.text}\``,
    namespaceSelector && `namespaces \`${namespaceSelector.text}\``,
    serviceAccounts &&
      `service accounts ${[...serviceAccounts.names, ...(serviceAccounts.selector ? [`\`${serviceAccounts.selector.text}\``] : [])].join(', ')}`,
    nets.length > 0 && nets.map(formatCidr).join(', '),
    notNets.length > 0 && `not ${notNets.map(formatCidr).join(', ')}`,
    service && `Service ${service.namespace}/${service.name}`,
  ];
  return words.filter((word) => typeof word === 'string').join(' and ') || 'everybody';
}
