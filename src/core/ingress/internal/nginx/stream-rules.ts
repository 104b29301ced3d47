import { inOneStep } from '../../../kernel/steps.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { OwnProof, OwnRule } from '../dialect.js';
import type { Stream, StreamServices } from './stream-services.js';

const CODES: Readonly<Record<string, RouteLintCodeName>> = {
  SERVICE_MISSING: 'ING-SERVICE-MISSING',
  PORT_MISSING: 'ING-PORT-MISSING',
  NO_ENDPOINTS: 'ING-NO-ENDPOINTS',
};

/** Entries of the ConfigMaps of streams as rules: those that nginx listens for are reached, others say why not. */
export function* streamRules(streams: StreamServices): Iterable<OwnRule> {
  for (const stream of streams.all) {
    const { rule } = stream;
    yield { rule, claim: rule.path ?? '', prove: () => inOneStep(proofOf(stream)) };
  }
}

function proofOf({ idle, reached }: Stream): OwnProof {
  if (idle === undefined) return { state: 'live', witness: undefined, by: [], why: undefined, faults: [] };
  const code = CODES[reached?.verdict ?? ''] ?? 'ING-RULE-IGNORED';
  return { state: 'unreachable', witness: undefined, by: [], why: idle, faults: [{ code, message: idle }] };
}
