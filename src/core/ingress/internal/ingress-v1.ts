import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import type { RouteRequest } from '../route-request.js';
import { membersOf } from './class-members.js';
import type { ClassRouter, Dialect, HostStep, Judgement, Takers } from './dialect.js';
import type { GapCode } from './gaps.js';
import { type HostGroup, HostTable } from './host-table.js';
import { judgeGroups } from './ingress-v1-judgement.js';
import { LazyJudgement } from './lazy-judgement.js';
import { openMatch } from './open-path.js';
import { follow } from './outcomes.js';
import type { PathRule } from './path-rule.js';
import { hasOneReading, pathReadings } from './path-readings.js';
import type { Possibility, RouteAction } from './possibility.js';
import type { RequestHost } from './request-host.js';

/** Ingress v1 as the specification has it (KEP-1453, `networking/v1/types.go`), rules A1 to A15. */
export const ingressV1: Dialect = {
  *compile(model, className) {
    const members = membersOf(model, className, 'ingress-v1');
    yield;
    return new SpecificationRouter(model, className, members, yield* HostTable.build(members));
  },
};

function possible(action: RouteAction, because: GapCode | null): Possibility {
  return { action, because, reading: undefined };
}

/** Whether two actions are the same one: the same rule, or the default backend of the same Ingress. */
function sameAction(a: RouteAction, b: RouteAction): boolean {
  if (a.type === 'path') return b.type === 'path' && a.rule === b.rule;
  if (a.type === 'default-backend') return b.type === 'default-backend' && a.ingress === b.ingress;
  return b.type === 'not-found';
}

/** A table of Ingresses by the text. */
export class SpecificationRouter implements ClassRouter {
  readonly dialect = 'ingress-v1';

  constructor(
    private readonly model: NetworkModel,
    readonly className: string | undefined,
    readonly members: readonly Ingress[],
    private readonly table: HostTable,
  ) {}

  get hosts(): readonly string[] {
    return this.table.hosts;
  }

  hostSteps(host: RequestHost): readonly HostStep[] {
    return this.table.groupsFor(host);
  }

  judge(request: RouteRequest, host: RequestHost): Judgement {
    const groups = this.table.groupsFor(host);
    const decided = this.decide(groups, request);
    return new LazyJudgement(
      () => decided.map((possibility) => follow(this.model, this, possibility)),
      () => judgeGroups(this.table, groups, request.path, decided),
    );
  }

  takers(request: RouteRequest, host: RequestHost): Takers {
    const clear = clearMatch(this.table.mostSpecific(host), request.path);
    if (clear) return { rules: clear, certain: true };
    const decided = this.decide(this.table.groupsFor(host), request);
    const rules: PathRule[] = [];
    for (const { action } of decided) if (action.type === 'path') rules.push(action.rule);
    return { rules, certain: rules.length === decided.length };
  }

  /** The outcomes that the text admits: exactly one where it is clear. */
  private decide(groups: readonly HostGroup[], request: RouteRequest): readonly Possibility[] {
    const clear = clearMatch(groups[0], request.path);
    if (clear) return clear.map((rule) => possible({ type: 'path', rule }, null));
    const asItStands = this.decideOn(groups, request.path);
    const readings = pathReadings(request.path);
    if (readings.length === 1) return asItStands;
    const decided = [...asItStands];
    for (const path of readings.slice(1)) {
      for (const { action } of this.decideOn(groups, path)) {
        if (decided.some((known) => sameAction(known.action, action))) continue;
        decided.push({ action, because: 'PATH_NORMALISATION_UNSPECIFIED', reading: path });
      }
    }
    return decided;
  }

  private decideOn(groups: readonly HostGroup[], path: string): readonly Possibility[] {
    const [group] = groups;
    if (!group) return this.overallDefault();
    const { list, certain } = this.matchIn(group, path);
    return certain ? list : [...list, ...this.withoutPath(group, groups.slice(1), path)];
  }

  /** The paths of one host that may serve the request (rules A6 to A9), and whether one of them does for certain. */
  private matchIn(group: HostGroup, path: string): { readonly list: readonly Possibility[]; readonly certain: boolean } {
    const best = group.best(path);
    const open = group.open.filter((rule) => openMatch(rule, path) !== 'no');
    const tie = best.length > 1 ? 'PATH_CONFLICT' : null;
    const list = [
      ...best.map((rule) => possible({ type: 'path', rule }, tie)),
      ...open.map((rule) => possible({ type: 'path', rule }, 'PATH_TYPE_UNSPECIFIED')),
    ];
    return { list, certain: best.length > 0 || open.some((rule) => openMatch(rule, path) === 'yes') };
  }

  /** No path of the most specific host matches: its default backend (rules A10, A11), or a wider host rule that does match (divergence D15: not described). */
  private withoutPath(group: HostGroup, wider: readonly HostGroup[], path: string): readonly Possibility[] {
    const own = this.hostDefault(group);
    if (group.whole.length > 0) return own;
    const reachable: Possibility[] = [];
    for (const other of wider) {
      const { list, certain } = this.matchIn(other, path);
      reachable.push(...list);
      if (certain) break;
      if (other.whole.length > 0) reachable.push(...this.hostDefault(other));
    }
    if (reachable.length === 0) return own;
    return [...own, ...reachable].map(({ action, because }) => possible(action, because ?? 'HOST_FALLTHROUGH_UNSPECIFIED'));
  }

  /** The default backend of the Ingresses that hold the host (KEP-1453 "Path matching semantics" 5). */
  private hostDefault(group: HostGroup): readonly Possibility[] {
    const own = group.holders.filter((ingress) => ingress.defaultBackend !== undefined);
    if (own.length > 0) return defaultsOf(own);
    const others = this.table.defaults;
    if (others.length === 0) return [possible({ type: 'not-found' }, null)];
    return [
      possible({ type: 'not-found' }, 'DEFAULT_BACKEND_CONFLICT'),
      ...others.map((ingress) => possible({ type: 'default-backend', ingress }, 'DEFAULT_BACKEND_CONFLICT')),
    ];
  }

  /** No rule covers the host: the overall default backend (6 of the same section). */
  private overallDefault(): readonly Possibility[] {
    const { defaults } = this.table;
    return defaults.length === 0 ? [possible({ type: 'not-found' }, null)] : defaultsOf(defaults);
  }
}

/** What most requests come to: one rule of the most specific host matches best, and nothing is left open. Undefined: it has to be decided. */
function clearMatch(group: HostGroup | undefined, path: string): readonly PathRule[] | undefined {
  if (!group || group.open.length > 0 || !hasOneReading(path)) return undefined;
  const best = group.best(path);
  return best.length === 1 ? best : undefined;
}

/** Several default backends behind one address are left to the controller (KEP-1453 "`backend` to `defaultBackend`"). */
function defaultsOf(ingresses: readonly Ingress[]): readonly Possibility[] {
  const because = ingresses.length > 1 ? 'DEFAULT_BACKEND_CONFLICT' : null;
  return ingresses.map((ingress) => possible({ type: 'default-backend', ingress }, because));
}
