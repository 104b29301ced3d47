import { inMap } from '../../../kernel/in-map.js';
import type { HttpRouter } from './http-router.js';
import { pathBeginningsOf } from './rule-bounds.js';

/** Routers by the texts that the paths of what they take begin with, so that a request is compared with few of very many. */
export class PathCandidates {
  private readonly byBeginning = new Map<string, HttpRouter[]>();
  private readonly lengths: readonly number[];
  /** Those that may take any path. */
  private readonly others: HttpRouter[] = [];

  constructor(routers: readonly HttpRouter[]) {
    for (const router of routers) {
      const beginnings = router.compiled.ok ? pathBeginningsOf(router.compiled.value.root) : undefined;
      if (!beginnings) this.others.push(router);
      for (const text of new Set(beginnings)) inMap(this.byBeginning, text, (): HttpRouter[] => []).push(router);
    }
    this.lengths = [...new Set([...this.byBeginning.keys()].map(({ length }) => length))];
  }

  /** Every router whose rule may hold for a path; one may come twice. */
  for(path: string): readonly HttpRouter[] {
    const found = this.lengths.flatMap((length) => (length <= path.length ? (this.byBeginning.get(path.slice(0, length)) ?? []) : []));
    return [...found, ...this.others];
  }
}
