import type { PolicyCondition } from '../../core/policy/policy-result.js';
import type { TraceStages } from './trace-stages.js';

/** What proxies ask of the connections that policies allow; nothing where the network plugin enforces none. */
export function conditionsAsked({ paths, outside }: TraceStages): readonly PolicyCondition[] {
  const answers = [...paths.map(({ answer }) => answer), ...(outside ? [outside] : [])];
  const enforced = answers.filter(({ enforcement, verdict }) => enforcement?.enforced !== false && verdict !== 'DENIED');
  const found = new Map(
    enforced.flatMap(({ result }) => result.conditions.map((one) => [`${one.policy} ${one.pointer} ${one.connection}`, one])),
  );
  return [...found.values()];
}

/** `if CiliumNetworkPolicy shop/api lets the request through: only HTTP requests that match …; it is one for /admin`. */
export function conditionsText(stages: TraceStages): string {
  const conditions = conditionsAsked(stages);
  const [first, ...others] = conditions;
  if (!first) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more condition${others.length === 1 ? '' : 's'}`;
  const path = stages.destination.path === undefined ? '' : `; the URL asks for \`${stages.destination.path}\``;
  return `if the request is one that ${first.policy} lets through: ${first.text}${more}${path}`;
}
