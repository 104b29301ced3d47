import type { Trail } from '../../kernel/evidence.js';
import type { Asker } from './asker.js';

/** The asker's resolv.conf as evidence: which settings it starts from, then every value with its reason, then what kubelet would tell. */
export function explainResolver(trail: Trail, { resolver, reason, message, object }: Asker): void {
  if (!resolver) return;
  const parent = trail.add({ stage: 'resolver', outcome: 'info', reason, message, object });
  const step = { stage: 'resolver', outcome: 'info', parent } as const;
  for (const line of resolver.lines) trail.add({ ...step, reason: line.reason, message: `${line.keyword} ${line.value}` });
  for (const note of resolver.notes) trail.add({ ...step, reason: note.code, message: note.message });
}
