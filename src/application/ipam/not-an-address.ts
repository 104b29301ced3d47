import { type Problem, problem } from '../../core/kernel/problem.js';
import { parseCidr } from '../../core/net/cidr.js';

/** `invalid-request`: a text that is no address, at its place in the request. */
export function notAnAddress(text: string, pointer: string): Problem {
  const message = `\`${text.slice(0, 80)}\` is no IP address`;
  const hint = parseCidr(text)
    ? 'it is a prefix: ask `ip-prefix` about it'
    : 'such as `10.0.0.1` or `fd00:10::1`; numbers of IPv4 are 0 to 255';
  return problem('invalid-request', message, { hint, errors: [{ pointer, code: 'invalid-address', message, hint }] });
}
