import { type Protocol, PROTOCOLS } from '../../net/protocol.js';
import type { ClusterPort } from '../cluster-policy.js';
import type { ObjectReader } from './object-reader.js';
import { readProtocol } from './read-protocol.js';

const ADMIN_FIELDS: ReadonlySet<string> = new Set(['portNumber', 'portRange', 'namedPort']);
const NUMBER_FIELDS: ReadonlySet<string> = new Set(['protocol', 'port']);
const RANGE_FIELDS: ReadonlySet<string> = new Set(['protocol', 'start', 'end']);
const PROTOCOL_FIELDS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'destinationNamedPort']);
const DESTINATION_FIELDS: ReadonlySet<string> = new Set(['number', 'range']);

/** Reads one AdminNetworkPolicyPort of v1alpha1; what the CRD's validation refuses is reported, and the rule fails closed. */
export function readAdminPort(reader: ObjectReader): ClusterPort {
  const field = onlyField(reader, ADMIN_FIELDS, 'a port');
  if (field === 'namedPort') return readName(reader, field);
  const body = field === undefined ? undefined : reader.object(field);
  if (!body) return invalid(reader);
  body.expectOnly(field === 'portNumber' ? NUMBER_FIELDS : RANGE_FIELDS);
  const protocol = readProtocol(body);
  if (protocol === undefined) return invalid(reader);
  if (field === 'portRange') return readRange(reader, body, protocol);
  const port = body.integer('port', 1, 65535);
  if (port === undefined && !body.has('port')) body.error('missing-field', 'port', 'a portNumber needs a port');
  return port === undefined ? invalid(reader) : { type: 'port', pointer: reader.pointer, protocol, port, endPort: undefined };
}

/** Reads one ClusterNetworkPolicyProtocol of v1alpha2; the same. An empty `tcp: {}` is refused by the CRD; where it is met, it is every port. */
export function readClusterProtocol(reader: ObjectReader): ClusterPort {
  const field = onlyField(reader, PROTOCOL_FIELDS, 'an element of `protocols`');
  if (field === 'destinationNamedPort') return readName(reader, field);
  const body = field === undefined ? undefined : reader.object(field);
  const protocol = PROTOCOLS.find((one) => one.toLowerCase() === field);
  if (!body || !protocol) return invalid(reader);
  body.expectOnly(new Set(['destinationPort']));
  if (!body.has('destinationPort')) {
    body.warn('missing-field', 'destinationPort', `\`${field}\` needs a destinationPort; taken as every ${protocol} port`);
    return { type: 'port', pointer: reader.pointer, protocol, port: undefined, endPort: undefined };
  }
  const destination = body.object('destinationPort');
  const choice = destination && onlyField(destination, DESTINATION_FIELDS, 'a destinationPort');
  if (!destination || choice === undefined) return invalid(reader);
  if (choice === 'number') {
    const port = destination.integer('number', 1, 65535);
    return port === undefined ? invalid(reader) : { type: 'port', pointer: reader.pointer, protocol, port, endPort: undefined };
  }
  const range = destination.object('range');
  return range ? readRange(reader, range, protocol) : invalid(reader);
}

function readRange(reader: ObjectReader, range: ObjectReader, protocol: Protocol): ClusterPort {
  const [start, end] = [range.integer('start', 1, 65535), range.integer('end', 1, 65535)];
  for (const field of ['start', 'end']) if (!range.has(field)) range.error('missing-field', field, `a range of ports needs its ${field}`);
  if (start === undefined || end === undefined) return invalid(reader);
  if (end < start) {
    range.error('invalid-value', 'end', `end \`${end}\` is below start \`${start}\``);
    return invalid(reader);
  }
  if (end === start) range.warn('invalid-value', 'end', `end \`${end}\` is not above start; read as this one port`);
  return { type: 'port', pointer: reader.pointer, protocol, port: start, endPort: end };
}

function readName(reader: ObjectReader, field: string): ClusterPort {
  const name = reader.filledText(field);
  if (name !== undefined) return { type: 'named', pointer: reader.pointer, name };
  if (reader.raw(field) === '') reader.error('missing-field', field, 'a named port needs a name');
  return invalid(reader);
}

function onlyField(reader: ObjectReader, known: ReadonlySet<string>, what: string): string | undefined {
  reader.expectOnly(known);
  const present = [...known].filter((field) => reader.has(field));
  if (present.length === 1) return present[0];
  const found = present.length === 0 ? 'it has none of them' : `it has ${present.join(' and ')}`;
  const message = `${what} needs exactly one of ${[...known].join(', ')}; ${found}`;
  reader.findings.report('error', present.length === 0 ? 'missing-field' : 'invalid-value', reader.pointer, message);
  return undefined;
}

function invalid(reader: ObjectReader): ClusterPort {
  return { type: 'invalid', pointer: reader.pointer, why: 'the API server refuses it' };
}
