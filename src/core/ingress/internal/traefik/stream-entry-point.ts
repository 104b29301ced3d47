import type { Note } from '../../../kernel/answer.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Service } from '../../../resources/service.js';
import { KNOWN_ENTRY_POINTS, listensOn } from './entry-points.js';
import type { StreamRouter } from './stream-router.js';

/** The entry point at a port; undefined: nothing tells. */
export interface EntryPointAt {
  readonly name: string | undefined;
  readonly assumptions: readonly Note[];
}

/** A port that nothing else is known of. */
const SOME_PORT = 9000;

/** Ports that may lead to one of these entry points, or where there are none to any. */
export function portsOf(model: NetworkModel, entryPoints: readonly string[], protocol: 'TCP' | 'UDP'): readonly number[] {
  const named = [...model.services.values()].flatMap(({ resource }) =>
    isTraefik(resource) ? resource.ports.filter((one) => one.protocol === protocol && listensOn(entryPoints, one.name)) : [],
  );
  const usual = protocol === 'UDP' ? [] : [443, 80];
  return [...new Set([...named.map(({ port }) => port), ...usual, SOME_PORT])];
}

/** Whether a Service is that of Traefik (Helm chart of Traefik). */
function isTraefik({ labels }: Service): boolean {
  return labels['app.kubernetes.io/name'] === 'traefik';
}

/**
 * The entry point that listens at a port of Traefik: its Service names its ports after them (Helm chart of Traefik); else 80 and 443 are `web` and `websecure`; else the only one that is neither
 * of these, that routers name and that the Service does not place at another port.
 */
export function entryPointAt(model: NetworkModel, port: number, protocol: 'TCP' | 'UDP', routers: readonly StreamRouter[]): EntryPointAt {
  const told = (name: string, message: string): EntryPointAt => ({ name, assumptions: [{ code: 'ENTRY_POINT_BY_PORT', message }] });
  const placed = new Set<string>();
  for (const [key, { resource }] of model.services) {
    if (!isTraefik(resource)) continue;
    const ports = resource.ports.filter((one) => one.protocol === protocol && one.name !== '');
    const found = ports.find((one) => one.port === port);
    for (const { name } of ports) placed.add(name);
    if (found)
      return told(
        found.name,
        `port ${port} of Service ${key} is taken to lead to the entry point \`${found.name}\` of Traefik, as its Helm chart has it`,
      );
  }
  const usual = protocol === 'TCP' ? ({ 80: 'web', 443: 'websecure' } as const)[port] : undefined;
  if (usual !== undefined)
    return told(usual, `port ${port} is taken to be that of the entry point \`${usual}\`, as in Traefik's Helm chart`);
  const others = new Set(routers.flatMap(({ parts }) => parts.entryPoints).filter((name) => !KNOWN_ENTRY_POINTS.has(name)));
  const [only, ...more] = [...others].filter((name) => !placed.has(name));
  if (only === undefined || more.length > 0) return { name: undefined, assumptions: [] };
  return told(
    only,
    `port ${port} is taken to be that of the entry point \`${only}\`, the only one beside \`web\` and \`websecure\` that routers name`,
  );
}
