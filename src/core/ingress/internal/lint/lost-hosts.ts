import { inMap } from '../../../kernel/in-map.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { RouteClaim } from '../../route-lint-result.js';
import { describeClaim, ownerOf } from '../claim-text.js';
import type { ClassRouter, LostHost } from '../dialect.js';
import type { RoutingObject } from '../path-rule.js';
import { andMore, MOST_NAMED } from './claim-groups.js';
import type { Ledger } from './ledger.js';

/** Enters the hosts that several Ingresses name, where the dialect gives each to one of them alone: with its paths the whole host is lost to the others. */
export function lintLostHosts({ className, lostHosts }: ClassRouter, ledger: Ledger): void {
  const byHolder = new Map<string, LostHost[]>();
  for (const lost of lostHosts ?? []) {
    if (!ledger.wants(lost.loser.namespace)) continue;
    const key = `${lost.host} ${qualifiedName(lost.holder.ref)}`;
    inMap(byHolder, key, (): LostHost[] => []).push(lost);
  }
  for (const group of byHolder.values()) enter(className, group, ledger);
}

function enter(className: string | undefined, group: readonly LostHost[], ledger: Ledger): void {
  const [first] = group;
  if (!first) return;
  const { host, holder } = first;
  const what = host === '' ? 'every other host' : `the host \`${host}\``;
  const decided = group.every((one) => one.decided);
  const claims = [claimOf(holder, host, decided), ...group.map(({ loser }) => claimOf(loser, host, false))];
  ledger.addConflict({
    class: className ?? null,
    gateway: null,
    host: host === '' ? null : host,
    path: '',
    pathType: 'Host',
    decided,
    claims,
  });
  const named = [holder, ...group.slice(0, MOST_NAMED - 1).map(({ loser }) => loser)];
  const who = andMore(named.map(describeClaim), group.length + 1);
  const related = [{ object: holder.ref, pointer: pointerOf(holder, host) }];
  for (const { loser, decided: isDecided } of group) {
    const end = isDecided ? `${qualifiedName(holder.ref)} gets all its requests` : 'nothing says who gets its requests';
    ledger.add({
      code: isDecided ? 'ING-CONFLICT' : 'ING-CONFLICT-UNDEFINED',
      object: loser.ref,
      pointer: pointerOf(loser, host),
      message: `${what} is claimed by ${who}; it belongs to one Ingress alone, and ${end}`,
      related,
    });
  }
}

function claimOf(ingress: RoutingObject, host: string, wins: boolean): RouteClaim {
  const { ref, createdAt = null } = ingress;
  return { object: ref, pointer: pointerOf(ingress, host), owner: ownerOf(ingress), createdAt, backend: '', wins };
}

/** Where an Ingress, or an object of one host, names it. */
function pointerOf(object: RoutingObject & Partial<Pick<Ingress, 'rules'>>, host: string): string {
  if (!object.rules) return '/spec/host';
  const rule = object.rules.find((one) => (one.host ?? '') === host);
  return rule ? `${rule.pointer}${rule.host === undefined ? '' : '/host'}` : '/spec/rules';
}
