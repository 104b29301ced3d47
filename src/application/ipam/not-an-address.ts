import { type Problem, problem } from '../../core/kernel/problem.js';

/** `invalid-request`: a text that is no address, at its place in the request. */
export function notAnAddress(text: string, pointer: string): Problem {
  const message = `\`${text.slice(0, 80)}\` is no IP address`;
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-address', message }] });
}
