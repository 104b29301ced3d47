import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { SharedLocationTexts } from '../nginx/location-texts.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf } from '../nginx/uri.js';
import type { Listening } from './f5-listeners.js';
import { type F5Pattern, type F5Server, nothingElse } from './f5-server.js';
import { redirectsInside, type VirtualPlace } from './virtual-places.js';

/** The locations of a VirtualServer: exact ones, prefixes, and expressions as they are written (nginx/kubernetes-ingress `internal/configs/virtualserver.go`, `generatePath`). */
export function virtualServer(
  owner: VirtualServer,
  placed: readonly VirtualPlace[],
  listening: Listening,
  endsTls: boolean,
  texts: SharedLocationTexts,
): F5Server {
  const places = new Map(placed.map((place) => [locationOfRoute(place), place] as const));
  const all = [...places.keys()];
  const isPattern = (location: Location) => location.rule?.path?.startsWith('~') === true;
  const plain = all.filter((location) => !isPattern(location)).sort((a, b) => b.path.length - a.path.length);
  const patterns = [...places].filter(([location]) => isPattern(location)).sort(([, a], [, b]) => rankOf(a) - rankOf(b));
  return {
    owner,
    host: owner.host,
    locations: plain,
    texts: texts.of(plain),
    patterns: patterns.map(([location], place) => patternOf(location, place)),
    places,
    contested: undefined,
    endsTls,
    listening,
    ...nothingElse(),
  };
}

/** The template writes locations that redirect inside, to matches and splits, before all others. */
const rankOf = (place: VirtualPlace) => (redirectsInside(place) ? 0 : 1);

function patternOf(location: Location, place: number): F5Pattern {
  const written = location.rule?.path ?? '';
  return { location, place, expression: bytesOf(written.replace(/^~\*?\s*/, '')), ignoreCase: written.startsWith('~*') };
}

function locationOfRoute({ holder, route: { path: written }, rule }: VirtualPlace): Location {
  const exact = written.startsWith('=');
  const path = written.replace(/^(?:=|\^~ *)/, '');
  return { path, text: bytesOf(path), exact, rule, ingress: holder, annotations: undefined, upstream: undefined };
}
