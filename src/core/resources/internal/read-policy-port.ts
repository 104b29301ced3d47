import type { Protocol } from '../../net/protocol.js';
import type { PolicyPort } from '../network-policy.js';
import type { ObjectReader } from './object-reader.js';
import { readProtocol } from './read-protocol.js';

const FIELDS: ReadonlySet<string> = new Set(['endPort', 'port', 'protocol']);

/**
 * Reads one NetworkPolicyPort. What the API server refuses (`ValidateNetworkPolicyPort`) is reported as an error and becomes a port that matches
 * nothing. A missing `port` is every port of the protocol; a text is a named port.
 */
export function readPolicyPort(reader: ObjectReader): PolicyPort {
  reader.expectOnly(FIELDS);
  const protocol = readProtocol(reader);
  if (protocol === undefined) return { type: 'invalid', pointer: reader.pointer, why: 'its protocol is not TCP, UDP or SCTP' };
  const port = reader.raw('port');
  if (port === undefined) return readPortless(reader, protocol);
  if (typeof port === 'string') return readNamedPort(reader, protocol, port);
  const first = reader.integer('port', 1, 65535);
  if (first === undefined) return { type: 'invalid', pointer: reader.pointer, why: 'its port is no number 1…65535' };
  const endPort = reader.integer('endPort', 1, 65535);
  if (reader.has('endPort') && endPort === undefined)
    return { type: 'invalid', pointer: reader.pointer, why: 'its endPort is no number 1…65535' };
  if (endPort !== undefined && endPort < first) return invalid(reader, 'endPort', `endPort \`${endPort}\` is below port \`${first}\``);
  return { type: 'port', pointer: reader.pointer, protocol, port: first, endPort };
}

function readPortless(reader: ObjectReader, protocol: Protocol): PolicyPort {
  if (reader.has('endPort')) return invalid(reader, 'endPort', 'endPort needs a port beside it');
  return { type: 'port', pointer: reader.pointer, protocol, port: undefined, endPort: undefined };
}

/** IANA service names: at most 15 of `a-z`, `0-9`, `-`, with a letter, no `-` at an end or doubled. */
function readNamedPort(reader: ObjectReader, protocol: Protocol, name: string): PolicyPort {
  if (reader.has('endPort')) return invalid(reader, 'endPort', `endPort goes with a number, not with the named port \`${name}\``);
  const valid = /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes('--');
  if (valid) return { type: 'port', pointer: reader.pointer, protocol, port: name, endPort: undefined };
  const hint = /^\d+$/.test(name) ? `write the number without quotes: ${name}` : undefined;
  return invalid(reader, 'port', `\`${name}\` is no port name: at most 15 of a-z, 0-9 and \`-\`, with a letter among them`, hint);
}

function invalid(reader: ObjectReader, field: string, why: string, hint?: string): PolicyPort {
  reader.error('invalid-value', field, why, hint);
  return { type: 'invalid', pointer: reader.pointer, why };
}
