import type { CalicoEntity, CalicoServiceAccounts } from '../calico-policy.js';
import { readCalicoNets } from './read-calico-nets.js';
import { readCalicoPorts } from './read-calico-port.js';
import { readCalicoSelector } from './read-calico-selector.js';
import type { ObjectReader } from './object-reader.js';

const FIELDS: ReadonlySet<string> = new Set([
  'namespaceSelector',
  'nets',
  'notNets',
  'notPorts',
  'notSelector',
  'ports',
  'selector',
  'serviceAccounts',
  'services',
]);
const ACCOUNT_FIELDS: ReadonlySet<string> = new Set(['names', 'selector']);
const SERVICE_FIELDS: ReadonlySet<string> = new Set(['name', 'namespace']);
/** What must not stand beside `services`. */
const BESIDE_NO_SERVICE = ['selector', 'notSelector', 'namespaceSelector', 'nets', 'notNets', 'serviceAccounts'];
/** "MaxItems=256". */
const MOST_NETS = 256;

/** Reads the source or destination of a rule of a policy of `namespace` (undefined: a global one). What Calico's validation refuses is an error. */
export function readCalicoEntity(rule: ObjectReader, field: 'source' | 'destination', namespace: string | undefined): CalicoEntity {
  const reader = rule.object(field) ?? rule.empty(field);
  reader.expectOnly(FIELDS);
  return {
    pointer: reader.pointer,
    nets: readCalicoNets(reader, 'nets', MOST_NETS),
    notNets: readCalicoNets(reader, 'notNets', MOST_NETS),
    selector: readCalicoSelector(reader, 'selector', { global: 'refused' }),
    notSelector: readCalicoSelector(reader, 'notSelector', { global: 'refused' }),
    namespaceSelector: readCalicoSelector(reader, 'namespaceSelector', { global: 'alone' }),
    serviceAccounts: readAccounts(reader),
    service: readService(reader, namespace),
    ports: readCalicoPorts(reader, 'ports'),
    notPorts: readCalicoPorts(reader, 'notPorts'),
  };
}

/** Without names and selector it is as good as not given (updateprocessors `parseServiceAccounts`). */
function readAccounts(reader: ObjectReader): CalicoServiceAccounts | undefined {
  const accounts = reader.object('serviceAccounts');
  if (!accounts) return undefined;
  accounts.expectOnly(ACCOUNT_FIELDS);
  const names = accounts.texts('names');
  const selector = readCalicoSelector(accounts, 'selector', { global: 'refused' });
  return names.length === 0 && !selector ? undefined : { names, selector };
}

function readService(reader: ObjectReader, namespace: string | undefined): CalicoEntity['service'] {
  const service = reader.object('services');
  if (!service) return undefined;
  service.expectOnly(SERVICE_FIELDS);
  for (const field of BESIDE_NO_SERVICE) {
    const value = reader.raw(field);
    const given = value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
    if (given) reader.error('invalid-value', field, `\`${field}\` must not stand beside \`services\``);
  }
  const name = service.filledText('name');
  const own = service.filledText('namespace') ?? namespace;
  if (name === undefined) service.error('missing-field', 'name', '`services` needs the name of a Service');
  if (own === undefined) service.error('missing-field', 'namespace', 'in a global policy, `services` needs the namespace of the Service');
  return name === undefined || own === undefined ? undefined : { namespace: own, name };
}
