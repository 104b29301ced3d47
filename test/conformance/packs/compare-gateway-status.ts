import type { Envelope } from '../api.js';
import type { Outcome } from '../set-result.js';

interface Wanted {
  readonly type: string;
  readonly status?: string;
  readonly reason?: string;
}
interface Kind {
  readonly group: string;
  readonly kind: string;
}
interface Listener {
  readonly name: string;
  readonly attachedRoutes: number;
  readonly supportedKinds: readonly Kind[];
  readonly conditions: readonly Required<Wanted>[];
}
interface ParentName {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What a case says about a status (the pack's README, "status"); only what is given counts. */
export interface StatusExpectation {
  readonly conditions?: readonly Wanted[];
  readonly everyListener?: readonly Wanted[];
  readonly listenerConditions?: Readonly<Record<string, readonly Wanted[]>>;
  readonly listeners?: readonly {
    readonly name: string;
    readonly attachedRoutes?: number;
    readonly supportedKinds?: readonly Kind[];
    readonly conditions?: readonly Wanted[];
  }[];
  readonly parentConditions?: readonly Wanted[];
  readonly noAcceptedParents?: boolean;
  readonly zeroRoutes?: boolean;
  readonly attachedListenerSets?: number;
}

const COMPARED: ReadonlySet<string> = new Set([
  'conditions',
  'everyListener',
  'listenerConditions',
  'listeners',
  'parentConditions',
  'noAcceptedParents',
  'zeroRoutes',
  'attachedListenerSets',
]);

/** Whether everything the expectation says is compared. */
export function comparesStatus(expect: object): expect is StatusExpectation {
  return Object.keys(expect).every((member) => COMPARED.has(member));
}

interface Status {
  readonly conditions: readonly Required<Wanted>[];
  readonly listeners: readonly Listener[] | null;
  readonly parents: readonly (ParentName & { readonly conditions: readonly Required<Wanted>[] })[] | null;
  readonly attachedListenerSets: number | null;
}

/** Compares an answer of `gateway-status` with what a case says, and names every member that differs. */
export function compareGatewayStatus(expect: StatusExpectation, parent: ParentName | undefined, { result }: Envelope): Outcome {
  const status = result as Status;
  const listeners = status.listeners ?? [];
  const parents = status.parents ?? [];
  const wanted = expect.listeners;
  const checks: readonly (readonly [member: string, holds: boolean])[] = [
    ['conditions', have(status.conditions, expect.conditions)],
    [
      'everyListener',
      !expect.everyListener || (listeners.length > 0 && listeners.every((one) => have(one.conditions, expect.everyListener))),
    ],
    [
      'listenerConditions',
      Object.entries(expect.listenerConditions ?? {}).every(([name, list]) => have(named(listeners, name)?.conditions, list)),
    ],
    ['listeners', !wanted || (wanted.length === listeners.length && wanted.every((one) => isListener(named(listeners, one.name), one)))],
    [
      'parentConditions',
      !expect.parentConditions || parents.some((one) => isParent(one, parent) && have(one.conditions, expect.parentConditions)),
    ],
    [
      'noAcceptedParents',
      expect.noAcceptedParents !== true || !parents.some((one) => have(one.conditions, [{ type: 'Accepted', status: 'True' }])),
    ],
    ['zeroRoutes', expect.zeroRoutes !== true || (listeners.length > 0 && listeners.every((one) => one.attachedRoutes === 0))],
    ['attachedListenerSets', expect.attachedListenerSets === undefined || expect.attachedListenerSets === status.attachedListenerSets],
  ];
  const wrong = checks.flatMap(([member, holds]) => (holds ? [] : [member]));
  return wrong.length === 0 ? { pass: true } : { pass: false, expected: { wrong, expect }, actual: status };
}

function named(listeners: readonly Listener[], name: string): Listener | undefined {
  return listeners.find((one) => one.name === name);
}

/** Whether each wanted condition is there. */
function have(conditions: readonly Required<Wanted>[] | undefined, wanted: readonly Wanted[] | undefined): boolean {
  return (wanted ?? []).every(({ type, status, reason }) => {
    const found = conditions?.find((one) => one.type === type);
    return found !== undefined && (status === undefined || found.status === status) && (reason === undefined || found.reason === reason);
  });
}

function isListener(given: Listener | undefined, wanted: NonNullable<StatusExpectation['listeners']>[number]): boolean {
  if (!given || !have(given.conditions, wanted.conditions)) return false;
  if (wanted.attachedRoutes !== undefined && wanted.attachedRoutes !== given.attachedRoutes) return false;
  const kinds = wanted.supportedKinds;
  if (!kinds) return true;
  if (kinds.length === 0) return given.supportedKinds.length === 0;
  return kinds.every((kind) => given.supportedKinds.some((one) => one.group === kind.group && one.kind === kind.kind));
}

function isParent(given: ParentName, wanted: ParentName | undefined): boolean {
  if (!wanted) return true;
  return given.namespace === wanted.namespace && given.name === wanted.name && (wanted.kind === undefined || wanted.kind === given.kind);
}
