import type { EndpointPort } from '../endpoint-slice.js';
import type { ObjectReader } from './object-reader.js';
import { readProtocol } from './read-protocol.js';

/** Reads a port of a slice or of an Endpoints subset. A missing number means every port. */
export function readEndpointPort(reader: ObjectReader): readonly EndpointPort[] {
  const protocol = readProtocol(reader);
  const port = reader.integer('port', 0, 65535);
  if (protocol === undefined || (port === undefined && reader.has('port'))) return [];
  return [{ name: reader.text('name') ?? '', protocol, port: port || undefined, appProtocol: reader.filledText('appProtocol') }];
}
