import type { Endpoint, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { ServicePort } from '../../resources/service.js';

/** How a controller reads a Service: which port is asked for, and which addresses of slices it sends new clients to. */
export interface BackendReading {
  readonly isPort: typeof isAskedFor;
  readonly addressesOf: (endpoint: Endpoint) => { readonly ready: boolean; readonly addresses: readonly string[] };
  /** Where in a slice a port of the Service is. */
  readonly portsIn: (slice: EndpointSlice, port: ServicePort) => readonly number[];
}

/** Whether a port of a Service is the one that a backend asks for: by its number, or by its name (rule A12). */
function isAskedFor({ port, name }: ServicePort, asked: number | string): boolean {
  return typeof asked === 'number' ? port === asked : name === asked;
}

/** Ready endpoints, each by its first address, as consumers are told to take them (discovery/v1 `Endpoint.addresses`). */
export const PLAIN_READING: BackendReading = {
  isPort: isAskedFor,
  addressesOf: ({ ready, addresses }) => ({ ready, addresses: addresses.slice(0, 1) }),
  portsIn: ({ ports }, { name }) => {
    const port = ports.find((one) => one.name === name)?.port;
    return port === undefined ? [] : [port];
  },
};
