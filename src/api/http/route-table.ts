import { compareText } from '../../core/kernel/compare.js';
import { didYouMean } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { placeOf } from './other-names.js';

/** Every path the server has, to say what is wrong with a request that fits none. */
export class RouteTable {
  /** Methods by path pattern (`/api/v1/clusters/:cluster`). */
  private readonly methods = new Map<string, Set<string>>();

  /** Notes a route. */
  add(method: string, pattern: string): void {
    const methods = this.methods.get(pattern) ?? new Set();
    this.methods.set(pattern, methods.add(method));
  }

  /** Every route as `GET /path`, in order. */
  list(): readonly string[] {
    return [...this.methods].flatMap(([pattern, methods]) => [...methods].map((method) => `${method} ${pattern}`)).sort(compareText);
  }

  /** Methods a path takes, in order; none where there is no such path. */
  allowed(path: string): readonly string[] {
    const segments = path.split('/');
    const found = new Set<string>();
    for (const [pattern, methods] of this.methods) if (fits(pattern.split('/'), segments)) for (const method of methods) found.add(method);
    return [...found].sort(compareText);
  }

  /** Why a request fits no route: `method-not-allowed`, or `unknown-route` with the nearest path. */
  explain(method: string, path: string): Problem {
    const allowed = this.allowed(path);
    if (allowed.length > 0 && !allowed.includes(method)) {
      return problem('method-not-allowed', `\`${path}\` does not take ${method}`, {
        hint: `it takes ${allowed.join(', ')}`,
        extra: { allowed },
      });
    }
    const place = placeOf(path);
    const nearest = place === undefined ? this.nearest(path) : undefined;
    const meant = nearest === undefined ? 'the paths are listed at `/docs`' : `did you mean \`${nearest}\`?`;
    const hint = place === undefined ? meant : `look at ${place}`;
    return problem('unknown-route', `there is nothing at \`${path.slice(0, 200)}\``, { hint });
  }

  /** The pattern with as many segments that fits best once its parameters are filled in. */
  private nearest(path: string): string | undefined {
    const segments = path.split('/');
    const candidates = [...this.methods.keys()]
      .filter((pattern) => pattern.split('/').length === segments.length)
      .map((pattern) => filled(pattern.split('/'), segments));
    return didYouMean(path, candidates) ?? didYouMean(path, this.methods.keys());
  }
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.at(-1) === '*')
    return segments.length >= pattern.length && pattern.slice(0, -1).every((part, index) => part === segments[index]);
  return pattern.length === segments.length && pattern.every((part, index) => part.startsWith(':') || part === segments[index]);
}

function filled(pattern: readonly string[], segments: readonly string[]): string {
  return pattern.map((part, index) => (part.startsWith(':') ? (segments[index] ?? part) : part)).join('/');
}
