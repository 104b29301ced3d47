import type { Note } from '../../../kernel/answer.js';
import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Service } from '../../../resources/service.js';
import { type EntryPoints, KNOWN_ENTRY_POINTS } from './entry-points.js';
import type { StreamRouter } from './stream-router.js';

/** The entry point at a port; undefined: nothing tells. */
export interface EntryPointAt {
  readonly name: string | undefined;
  readonly assumptions: readonly Note[];
}

/** A port that nothing else is known of. */
const SOME_PORT = 9000;

/** Ports that may lead to one of these entry points, or where there are none to any. */
export function portsOf(model: NetworkModel, entryPoints: EntryPoints, protocol: 'TCP' | 'UDP'): readonly number[] {
  const usual = protocol === 'UDP' ? [] : [443, 80];
  return [...new Set([...portsOfServices(model, entryPoints, protocol), ...usual, SOME_PORT])];
}

/** Ports of which it is told that they lead to one of these entry points, or taken for granted. */
export function portsNamed(model: NetworkModel, entryPoints: EntryPoints, protocol: 'TCP' | 'UDP'): readonly number[] {
  const told = portsOfServices(model, entryPoints, protocol);
  if (told.length > 0 || protocol === 'UDP') return [...new Set(told)];
  return ([443, 80] as const).filter((port) => entryPoints.has(USUAL[port]));
}

const USUAL = { 80: 'web', 443: 'websecure' } as const;

function portsOfServices(model: NetworkModel, entryPoints: EntryPoints, protocol: 'TCP' | 'UDP'): readonly number[] {
  const ports = servicesOfTraefik(model).flatMap(([, service]) => service.ports);
  return ports.flatMap((one) => (one.protocol === protocol && entryPoints.has(one.name) ? one.port : []));
}

const ofTraefik = new WeakMap<NetworkModel, readonly (readonly [name: string, service: Service])[]>();

/** The Services of Traefik (Helm chart of Traefik). */
function servicesOfTraefik(model: NetworkModel): readonly (readonly [name: string, service: Service])[] {
  return inMap(ofTraefik, model, () =>
    [...model.services].flatMap(([name, { resource }]) =>
      resource.labels['app.kubernetes.io/name'] === 'traefik' ? [[name, resource] as const] : [],
    ),
  );
}

const unknownOf = new WeakMap<readonly StreamRouter[], ReadonlySet<string>>();

/** The entry points that routers name, without those of which it is known what arrives there. */
function unknownAmong(routers: readonly StreamRouter[]): ReadonlySet<string> {
  return inMap(unknownOf, routers, () => {
    const lists = new Set(routers.map(({ parts }) => parts.entryPoints));
    return new Set([...lists].flatMap(({ named }) => [...named].filter((name) => !KNOWN_ENTRY_POINTS.has(name))));
  });
}

/** The only one that is not placed; undefined: there is none, or more. */
function onlyUnplaced(names: ReadonlySet<string>, placed: ReadonlySet<string>): string | undefined {
  let only: string | undefined;
  for (const name of names) {
    if (placed.has(name)) continue;
    if (only !== undefined) return undefined;
    only = name;
  }
  return only;
}

/**
 * The entry point that listens at a port of Traefik: its Service names its ports after them (Helm chart of Traefik); else 80 and 443 are `web` and `websecure`; else the only one that is neither
 * of these, that routers name and that the Service does not place at another port.
 */
export function entryPointAt(model: NetworkModel, port: number, protocol: 'TCP' | 'UDP', routers: readonly StreamRouter[]): EntryPointAt {
  const told = (name: string, message: string): EntryPointAt => ({ name, assumptions: [{ code: 'ENTRY_POINT_BY_PORT', message }] });
  const placed = new Set<string>();
  for (const [key, service] of servicesOfTraefik(model)) {
    const ports = service.ports.filter((one) => one.protocol === protocol && one.name !== '');
    const found = ports.find((one) => one.port === port);
    for (const { name } of ports) placed.add(name);
    if (found)
      return told(
        found.name,
        `port ${port} of Service ${key} is taken to lead to the entry point \`${found.name}\` of Traefik, as its Helm chart has it`,
      );
  }
  const usual = protocol === 'TCP' && (port === 80 || port === 443) ? USUAL[port] : undefined;
  if (usual !== undefined)
    return told(usual, `port ${port} is taken to be that of the entry point \`${usual}\`, as in Traefik's Helm chart`);
  const only = onlyUnplaced(unknownAmong(routers), placed);
  if (only === undefined) return { name: undefined, assumptions: [] };
  return told(
    only,
    `port ${port} is taken to be that of the entry point \`${only}\`, the only one beside \`web\` and \`websecure\` that routers name`,
  );
}
