import type { Trail } from '../../kernel/evidence.js';
import type { Asker } from './asker.js';

/** The asker's resolv.conf as evidence: which settings it starts from, then every value with its reason, then what kubelet would tell. */
export function explainResolver(trail: Trail, { resolver, reason, message, object }: Asker): void {
  if (!resolver) return;
  const parent = trail.add({ stage: 'resolver', outcome: 'info', reason, message, object });
  const tell = (code: string, text: string): void => {
    trail.add({ stage: 'resolver', outcome: 'info', reason: code, message: text, parent, provenance: 'derived' });
  };
  for (const line of resolver.lines) tell(line.reason, `${line.keyword} ${line.value}`);
  for (const note of resolver.notes) tell(note.code, note.message);
}
