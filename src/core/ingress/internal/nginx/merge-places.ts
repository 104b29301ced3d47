import { inMap } from '../../../kernel/in-map.js';
import type { PathRule } from '../path-rule.js';
import { annotationsOf } from './annotations.js';
import type { Upstream } from './upstreams.js';

/** A server of nginx whose locations are not in order yet. */
interface Mergeable {
  readonly locations: readonly { readonly path: string; readonly exact: boolean; readonly upstream: Upstream | undefined }[];
  /** Paths of canaries that joined one of them. */
  readonly canaries: Set<PathRule>;
}

/** A location that a canary may join, by its place among those of its server. */
interface MergePlace {
  readonly at: number;
  readonly main: Upstream;
}

/** The locations of a server that is not finished, as canaries look for them. */
interface MergePlacesOf {
  readonly all: readonly MergePlace[];
  /** By type and path. */
  readonly byPath: ReadonlyMap<string, readonly MergePlace[]>;
  /** The first place of each upstream: beyond its own nothing is looked at. */
  readonly firsts: ReadonlyMap<Upstream, number>;
}

/** Joins canaries to the locations of servers. */
export class MergePlaces {
  private readonly servers = new Map<Mergeable, MergePlacesOf>();
  /** The canaries of each upstream. */
  private readonly merged = new Map<Upstream, Set<Upstream>>();

  of(server: Mergeable): MergePlacesOf {
    return inMap(this.servers, server, () => {
      const all = server.locations.flatMap(({ path, exact, upstream }, at) => (upstream ? [{ at, main: upstream, path, exact }] : []));
      const byPath = new Map<string, MergePlace[]>();
      for (const place of all) inMap(byPath, `${place.exact} ${place.path}`, () => []).push(place);
      return { all, byPath, firsts: new Map(all.toReversed().map(({ main, at }) => [main, at])) };
    });
  }

  /** The upstream of a canary that finds nothing to join is deleted, wherever else it was merged. */
  merge(own: Upstream, rule: PathRule, server: Mergeable, places: readonly MergePlace[]): void {
    if (own.isDeleted) return;
    const last = this.of(server).firsts.get(own);
    for (const { at, main } of places) {
      if (last !== undefined && at >= last) break;
      if (main.isDeleted || main.canary) continue;
      server.canaries.add(rule);
      const canaries = inMap(this.merged, main, () => new Set<Upstream>());
      if (canaries.has(own)) continue;
      canaries.add(own);
      main.alternative ??= own;
      if (!annotationsOf(rule.ingress).affinity.leavesCanariesOut) own.affinity = main.affinity;
    }
    own.isDeleted = last === undefined && !server.canaries.has(rule);
  }
}
