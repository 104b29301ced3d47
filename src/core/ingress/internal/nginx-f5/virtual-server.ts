import { sortedInSteps } from '../../../kernel/sorted-in-steps.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { SharedLocationTexts } from '../nginx/location-texts.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf } from '../nginx/uri.js';
import type { Listening } from './f5-listeners.js';
import { type F5Pattern, type F5Server, nothingElse, PATHS_IN_A_STEP } from './f5-server.js';
import { twiceIn } from './location-twice.js';
import { redirectsInside, type VirtualPlace } from './virtual-places.js';

/** The locations of a VirtualServer: exact ones, prefixes, and expressions as they are written (nginx/kubernetes-ingress `internal/configs/virtualserver.go`, `generatePath`). */
export function* virtualServer(
  owner: VirtualServer,
  placed: Iterable<VirtualPlace>,
  listening: Listening,
  endsTls: boolean,
  texts: SharedLocationTexts,
): Steps<F5Server> {
  const places = new Map<Location, VirtualPlace>();
  const [plain, first, second]: [Location[], Location[], Location[]] = [[], [], []];
  yield* forEachInSteps(placed, PATHS_IN_A_STEP, (place) => {
    const location = locationOfRoute(place);
    places.set(location, place);
    // The template writes locations that redirect inside, to matches and splits, before all others.
    (place.route.path.startsWith('~') ? (redirectsInside(place) ? first : second) : plain).push(location);
  });
  const locations = yield* sortedInSteps(plain, (a, b) => b.path.length - a.path.length);
  return {
    owner,
    host: owner.host,
    locations,
    texts: texts.of(locations),
    patterns: [...first, ...second].map(patternOf),
    places,
    contested: undefined,
    endsTls,
    isGrpcOnly: false,
    // Of those that are open one at least is left out.
    twice: twiceIn(locations.filter((location) => places.get(location)?.isOpen === false)),
    listening,
    ...nothingElse(),
  };
}

function patternOf(location: Location, place: number): F5Pattern {
  const written = location.rule?.path ?? '';
  return { location, place, expression: bytesOf(written.replace(/^~\*?\s*/, '')), ignoreCase: written.startsWith('~*') };
}

function locationOfRoute({ holder, route: { path: written }, rule }: VirtualPlace): Location {
  const exact = written.startsWith('=');
  const path = written.replace(/^(?:=|\^~ *)/, '');
  return { path, text: bytesOf(path), exact, rule, ingress: holder, annotations: undefined, upstream: undefined };
}
