import { inOneStep } from '../../../kernel/steps.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { OwnProof, OwnRule, Rejection } from '../dialect.js';
import type { Stream, StreamServices } from './stream-services.js';

const CODES: Readonly<Record<string, RouteLintCodeName>> = {
  SERVICE_MISSING: 'ING-SERVICE-MISSING',
  PORT_MISSING: 'ING-PORT-MISSING',
  NO_ENDPOINTS: 'ING-NO-ENDPOINTS',
};

/** Entries of the ConfigMaps of streams as rules: those that nginx listens for are reached, others say why not. */
export function* streamRules(streams: StreamServices, rejected: Rejection | undefined): Iterable<OwnRule> {
  for (const stream of streams.all) {
    const { rule } = stream;
    yield { rule, claim: rule.path ?? '', prove: () => inOneStep(proofOf(streams, stream, rejected)) };
  }
}

function proofOf(streams: StreamServices, { entry, idle, reached }: Stream, rejected: Rejection | undefined): OwnProof {
  const none = { witness: undefined, by: [], why: undefined, faults: [] };
  if (idle !== undefined) {
    const code = CODES[reached?.verdict ?? ''] ?? 'ING-RULE-IGNORED';
    return { ...none, state: 'unreachable', why: idle, faults: [{ code, message: idle }] };
  }
  if (rejected) return { ...none, state: 'undecided', why: rejected.message };
  const other = streams.listeningAt(entry.port ?? 0, entry.transport).find((one) => one.entry !== entry);
  if (!other) return { ...none, state: 'live' };
  return {
    ...none,
    state: 'undecided',
    why: `\`${other.entry.key}\` has the same port, and which of them nginx is told of first is not stable`,
  };
}
