import type { Note } from '../../../kernel/answer.js';
import type { RoutingObject } from '../path-rule.js';
import type { AnnotationReader } from './annotation-reader.js';

/** `parser.SizeRegex`; of 0 bytes there is no limit. */
const SIZE = /^(?!0+[bkmg]?$)\d+[bkmg]?$/i;

/**
 * By what requests are turned away that no single request tells: how often a client asks, over how many connections, how much it sends (`annotations/ratelimit`, `annotations/proxy`);
 * and by what its endpoint is picked (`annotations/upstreamhashby`). Worded as the provider of Traefik has it, where it reads the same.
 */
export function askedLimits({ namespace, ref }: RoutingObject, reader: AnnotationReader): readonly Note[] {
  const note = (name: string, what: string): Note => ({
    code: 'LIMIT_NOT_PLAYED',
    message: `Ingress ${namespace}/${ref.name} (${name}) is taken not to act: ${what}`,
  });
  const counted = ['limit-rpm', 'limit-rps', 'limit-connections'].filter((name) => reader.integer(name, 0) > 0);
  const [size, hash] = [reader.text('proxy-body-size'), reader.text('upstream-hash-by')];
  return [
    ...counted.map((name) => note(name, 'no client is taken to pass the limit')),
    ...(SIZE.test(size) ? [note('proxy-body-size', `bodies larger than ${size} are answered with 413`)] : []),
    ...(hash === '' ? [] : [note('upstream-hash-by', `requests of one \`${hash}\` go to one endpoint`)]),
  ];
}
