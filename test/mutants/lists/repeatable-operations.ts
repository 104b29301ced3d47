import type { MutantsOfFile } from '../mutant.js';

/** Documents with mutations that are sent again. */
export const REPEATABLE_OPERATIONS: readonly MutantsOfFile[] = [
  {
    file: 'src/api/graphql/repeatable-operations.ts',
    specs: ['src/api/graphql/repeatable-operations.spec.ts'],
    mutants: [
      { breaks: 'documents of GraphQL alone', from: 'route.url === PATH && ', to: '' },
      { breaks: 'documents with mutations alone', from: ' && mayMutate(request.body);', to: ';' },
      { breaks: 'of callers who are known', from: "typeof request.caller === 'object' && ", to: '' },
      { breaks: 'the status is that of the operation', from: 'status: reply.statusCode, body }', to: 'status: 200, body }' },
      { breaks: 'the status is told again', from: 'reply.code(status);', to: '' },
      { breaks: 'a replay is told to be one', from: "if (outcome.replayed) reply.header('idempotency-replayed', 'true');", to: '' },
      { breaks: 'another document is another request', from: 'route: url, body })', to: 'route: url })' },
      { breaks: 'what may pass is not kept', from: 'if (!isSettled(answer)) throw new Unkept(answer);', to: '' },
      { breaks: 'what is not kept is answered', from: 'if (error instanceof Unkept) return error.answer;', to: '' },
      { breaks: 'failures of the server pass', from: 'status >= 500 || ', to: '' },
      { breaks: 'who asks may be known later', from: 'status === 401 || ', to: '' },
      { breaks: 'who asks may be let in later', from: ' || status === 403;', to: ';' },
      { breaks: 'the status of the whole counts', from: 'return !isPassing(status) && ', to: 'return ' },
      { breaks: 'each field counts', from: 'errors.some((error)', to: 'errors.every((error)' },
    ],
  },
];
