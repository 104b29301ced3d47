import type { TraefikBackend, TraefikReference } from '../traefik-reference.js';
import type { ObjectReader } from './object-reader.js';

/** An entry that names an object; undefined (and reported) without a name. */
export function readTraefikReference(reader: ObjectReader): TraefikReference | undefined {
  const name = reader.filledText('name');
  if (name === undefined) {
    if (!reader.has('name') || reader.raw('name') === '') reader.error('missing-field', 'name', 'a reference needs `name`');
    return undefined;
  }
  return { pointer: reader.pointer, name, namespace: reader.filledText('namespace') };
}

const KINDS = ['Service', 'TraefikService'] as const;
const SCHEMES = ['http', 'https', 'h2c'] as const;
/** `RoundRobin` is the name that the first has in old objects. */
const STRATEGIES = ['wrr', 'p2c', 'hrw', 'leasttime', 'RoundRobin'] as const;

/** Reads a Service or TraefikService that gets requests; what Traefik does not know is reported, and kept so that its router fails as Traefik's does. */
export function readTraefikBackend(reader: ObjectReader): TraefikBackend | undefined {
  const reference = readTraefikReference(reader);
  if (!reference) return undefined;
  const kind = reader.text('kind') || 'Service';
  reader.oneOf('kind', KINDS);
  reader.oneOf('scheme', SCHEMES);
  reader.oneOf('strategy', STRATEGIES);
  return {
    ...reference,
    kind,
    port: readPort(reader),
    weight: reader.integer('weight', 0, 2_147_483_647) ?? 1,
    passHostHeader: reader.boolean('passHostHeader') ?? true,
    scheme: reader.filledText('scheme'),
    serversTransport: reader.filledText('serversTransport'),
    strategy: reader.filledText('strategy'),
    nativeLB: reader.boolean('nativeLB'),
    nodePortLB: reader.boolean('nodePortLB') ?? false,
    sticky: reader.has('sticky'),
    healthCheck: reader.has('healthCheck'),
    middlewares: reader.objects('middlewares').flatMap((one) => readTraefikReference(one) ?? []),
  };
}

/** A number, or a name; `0` and the empty name count as none. */
export function readPort(reader: ObjectReader): number | string | undefined {
  const port = reader.raw('port');
  if (typeof port === 'string') return port || undefined;
  return reader.integer('port', 0, 65_535) || undefined;
}
