import { chooseLocation, type LocationChoice } from '../nginx/location-choice.js';
import { LocationTexts } from '../nginx/location-texts.js';
import { matchPattern } from '../nginx/patterns.js';
import type { Location } from '../nginx/servers.js';
import { type F5Pattern, type F5Server, type LocationSet } from './f5-server.js';
import { redirectsInside } from './virtual-places.js';

/** More ways than these to hand out contested paths are not gone through. */
const MOST_WAYS = 1_000;

/**
 * What nginx may choose for a path: one choice, or where minions of one age claim paths of it, one for each way to hand these out, each choice once. Undefined: there are too many ways.
 */
export function choicesAt(server: F5Server, uri: string): readonly LocationChoice[] | undefined {
  const { contested } = server;
  const claims = (contested?.claims ?? []).map((claim) => claim.map((set) => (touches(set, uri) ? set : undefined)));
  const concerned = claims.filter((claim) => claim.some((set) => set !== undefined));
  if (!contested || concerned.length === 0) return [choose(server, uri)];
  if (concerned.reduce((ways, { length }) => ways * length, 1) > MOST_WAYS) return undefined;
  const settled = onlyChosen(contested.settled, choose({ ...server, ...contested.settled }, uri));
  let ways: readonly (readonly LocationSet[])[] = [[settled]];
  for (const claim of concerned) ways = ways.flatMap((way) => claim.map((set) => (set ? [...way, set] : way)));
  const choices = new Map<Location | undefined, LocationChoice>();
  for (const way of ways) {
    const choice = choose({ ...server, ...joined(way) }, uri);
    choices.set(choice.type === 'none' ? undefined : choice.location, choice);
  }
  return [...choices.values()];
}

/** Locations, with what finds them. */
export function locationSet(locations: readonly Location[], patterns: readonly F5Pattern[]): LocationSet {
  const plain = [...locations].sort((a, b) => b.path.length - a.path.length);
  return { locations: plain, texts: new LocationTexts(plain), patterns };
}

function joined(sets: readonly LocationSet[]): LocationSet {
  const patterns = sets.flatMap((set) => set.patterns).sort((a, b) => a.place - b.place);
  return locationSet(
    sets.flatMap(({ locations }) => locations),
    patterns,
  );
}

/** nginx chooses by an order: of the locations that are settled none but the first matters. */
function onlyChosen(set: LocationSet, chosen: LocationChoice): LocationSet {
  if (chosen.type === 'none') return locationSet([], []);
  const pattern = set.patterns.find(({ location }) => location === chosen.location);
  return pattern ? locationSet([], [pattern]) : locationSet([chosen.location], []);
}

/** Whether one of the locations has to do with a path. */
function touches({ locations, patterns }: LocationSet, uri: string): boolean {
  const isNear = ({ exact, text }: Location) => text === uri || text === `${uri}/` || (!exact && uri.startsWith(text));
  return locations.some(isNear) || patterns.some(({ expression, ignoreCase }) => matchPattern(expression, uri, ignoreCase) !== 'no-match');
}

/** nginx tries `=` locations, then expressions in their order, then the longest prefix (`ngx_http_core_find_location`). */
function choose(server: F5Server, uri: string): LocationChoice {
  const plain = withoutRedirects(server, uri, chooseLocation(server, uri));
  if (plain.type === 'slash' || (plain.type === 'location' && (plain.location.exact || isBeforeExpressions(server, plain.location))))
    return plain;
  for (const { location, ignoreCase, expression } of server.patterns) {
    const match = matchPattern(expression, uri, ignoreCase);
    if (match === 'unsupported') return { type: 'unsupported', location };
    if (match !== 'no-match') return { type: 'location', location };
  }
  return plain;
}

/** `^~`: where it is the longest prefix no expression is tried. */
const isBeforeExpressions = ({ places }: F5Server, location: Location) => places.get(location)?.route.path.startsWith('^~') === true;

/** nginx adds a slash for locations that proxy alone: not for those of `matches` and `splits`, which redirect inside. */
function withoutRedirects({ locations, places }: F5Server, uri: string, chosen: LocationChoice): LocationChoice {
  const place = chosen.type === 'slash' ? places.get(chosen.location) : undefined;
  if (!place || !redirectsInside(place)) return chosen;
  const location = locations.find(({ exact, text }) => !exact && uri.startsWith(text));
  return location ? { type: 'location', location } : { type: 'none' };
}
