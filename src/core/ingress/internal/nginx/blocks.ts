import type { RouteRequest } from '../../route-request.js';
import { headerVariable } from './heard-request.js';
import type { NginxOptions } from './options.js';
import { matchPattern } from './patterns.js';

/** Why the controller refuses a request on every host (`block-user-agents`, `block-referers`; `$block_ua`, `$block_ref` of the template). */
export type Block = { readonly why: string } | { readonly unsupported: string } | undefined;

/** Asked by every server before anything else. */
export function blockOf({ blockedAgents, blockedReferers, joinsHeaders }: NginxOptions, request: RouteRequest): Block {
  if (blockedAgents.length === 0 && blockedReferers.length === 0) return undefined;
  const value = (name: string) => headerVariable(name, request, joinsHeaders) ?? '';
  return (
    blockedBy('block-user-agents', blockedAgents, value('user_agent')) ?? blockedBy('block-referers', blockedReferers, value('referer'))
  );
}

/** A map of nginx: whole texts in any case are asked first, then expressions, `~` and in any case `~*`. */
function blockedBy(setting: string, items: readonly string[], value: string): Block {
  const why = (item: string) => ({ why: `\`${setting}\`: \`${item}\`` });
  const whole = items.find((item) => !item.startsWith('~') && item.toLowerCase() === value.toLowerCase());
  if (whole !== undefined) return why(whole);
  for (const item of items) {
    if (!item.startsWith('~')) continue;
    const ignoreCase = item.startsWith('~*');
    const match = matchPattern(item.slice(ignoreCase ? 2 : 1), value, ignoreCase);
    if (match === 'unsupported') return { unsupported: item };
    if (match !== 'no-match') return why(item);
  }
  return undefined;
}
