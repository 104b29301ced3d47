import type { CalicoClaim } from '../../../resources/calico-ipam.js';
import type { ClaimFate, FreeingRule, KeepingReason } from './claim-fates.js';
import { timeText } from './leak-grace.js';

const KEPT: Readonly<Record<KeepingReason, string>> = {
  IN_USE: 'keep it: its pod has it',
  NO_POD: 'never free it: it names no pod, so they take it for used',
  NO_HANDLE: 'never free it: it has no handle to release it by',
  NO_NODE: 'never free it: it names no node, and they look at addresses of nodes alone',
  NODE_STAYS: 'free addresses of devices with their node only',
  NODE_IN_USE: 'keep it: another address of its node, which is gone, is in use',
  HANDLE_IN_USE: 'keep it: another address of its handle is in use, and they free all or none',
  GRACE_IS_OFF: 'never free it: `leakGracePeriod` is 0',
  WINDOWS: 'keep it: it goes with its block',
  NO_PODS_TOLD: 'may free it: no pod was imported that would tell',
};

/** What Calico's controllers do about an address that nobody is seen with, in one clause. */
export function fateText(fate: ClaimFate | undefined, { node = '' }: Pick<CalicoClaim, 'node'>): string {
  if (!fate) return 'Calico’s controllers know nothing of it';
  return `Calico’s controllers ${'kept' in fate ? KEPT[fate.kept] : freedText(fate.rule, fate.waitMs, node)}`;
}

function freedText(rule: FreeingRule, waitMs: number, node: string): string {
  if (rule === 'COOLDOWN_OVER') return `give it again once it has rested for ${timeText(waitMs)}`;
  if (rule === 'TUNNEL_OF_GONE_NODE') return `free it with the last address of node ${node}, which is gone`;
  if (waitMs === 0) return `free it at once: node ${node} is gone`;
  return `free it once it has been nobody’s for ${timeText(waitMs)} (\`leakGracePeriod\`)`;
}
