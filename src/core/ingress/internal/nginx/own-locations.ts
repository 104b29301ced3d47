import { bytesOf } from './uri.js';

/** A location that belongs to no Ingress. */
interface OwnLocation {
  readonly path: string;
  readonly text: string;
  readonly exact: false;
  rule: undefined;
  ingress: undefined;
  annotations: undefined;
  upstream: undefined;
  readonly answers: 'health' | 'status';
}

/** What the server for every other host has beside the locations of Ingresses: checks of its health, and the figures of nginx (`nginx.tmpl`, `$all.HealthzURI`). */
export function ownLocations(healthPath: string): readonly OwnLocation[] {
  return [ownLocation(healthPath, 'health'), ownLocation('/nginx_status', 'status')];
}

function ownLocation(path: string, answers: OwnLocation['answers']): OwnLocation {
  const ofNobody = { rule: undefined, ingress: undefined, annotations: undefined, upstream: undefined };
  return { path, text: bytesOf(path), exact: false, ...ofNobody, answers };
}

/** What nginx answers itself at a location; undefined: it is one of Ingresses. */
export function answersOf(location: { readonly path: string } | OwnLocation): OwnLocation['answers'] | undefined {
  return 'answers' in location ? location.answers : undefined;
}
