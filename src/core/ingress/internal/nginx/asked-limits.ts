import type { Note } from '../../../kernel/answer.js';
import type { RoutingObject } from '../path-rule.js';
import type { AnnotationReader } from './annotation-reader.js';
import type { NginxOptions } from './options.js';

/** `parser.SizeRegex`. */
export const BODY_SIZE = /^\d+[bkmg]?$/i;
/** Of 0 bytes there is no limit (ngx_http_core_module, `client_max_body_size`). */
const isLimit = (size: string) => BODY_SIZE.test(size) && !/^0+[bkmg]?$/i.test(size);

/** Methods by which bodies are sent. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** `client_max_body_size` of the controller, where an Ingress says nothing of it: its default is told of requests alone that may have a body. */
export function bodyLimit(own: string, bodySize: NginxOptions['bodySize'], method: string): readonly Note[] {
  if (own !== '' || !isLimit(bodySize.text) || !(bodySize.isTold || WITH_BODY.has(method))) return [];
  const message = `\`proxy-body-size\` of the controller is taken not to act: bodies larger than ${bodySize.text} are answered with 413`;
  return [{ code: 'LIMIT_NOT_PLAYED', message }];
}

/**
 * By what requests are turned away that no single request tells: how often a client asks, over how many connections, how much it sends (`annotations/ratelimit`, `annotations/proxy`);
 * and by what its endpoint is picked (`annotations/upstreamhashby`). Worded as the provider of Traefik has it, where it reads the same.
 */
export function askedLimits({ namespace, ref }: RoutingObject, reader: AnnotationReader): readonly Note[] {
  const note = (name: string, what: string): Note => ({
    code: 'LIMIT_NOT_PLAYED',
    message: `Ingress ${namespace}/${ref.name} (${name}) is taken not to act: ${what}`,
  });
  const counted = ['global-rate-limit', 'limit-rpm', 'limit-rps', 'limit-connections'].filter((name) => reader.integer(name, 0) > 0);
  const [size, hash] = [reader.text('proxy-body-size'), reader.text('upstream-hash-by')];
  return [
    ...counted.map((name) => note(name, 'no client is taken to pass the limit')),
    ...(isLimit(size) ? [note('proxy-body-size', `bodies larger than ${size} are answered with 413`)] : []),
    ...(hash === '' ? [] : [note('upstream-hash-by', `requests of one \`${hash}\` go to one endpoint`)]),
  ];
}
