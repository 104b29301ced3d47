import { type AnnotationReader, EXPRESSION } from './annotation-reader.js';

/** A copy that an Ingress asks for (`annotations/mirror/main.go`). */
export interface AskedMirror {
  readonly target: string;
  readonly host: string;
  readonly body: boolean;
}

/** Reads `mirror-…`. The Host header of the copy is the target's own unless another is asked for; a target without host is no location that could take the copy. */
export function askedMirror(reader: AnnotationReader): AskedMirror | undefined {
  const target = reader.text('mirror-target', EXPRESSION);
  const host = reader.text('mirror-host', EXPRESSION) || hostOf(target);
  return target === '' || host === '' ? undefined : { target, host, body: reader.text('mirror-request-body') !== 'off' };
}

/** Of what stands before the first variable (`parser.StringToURL`). */
function hostOf(target: string): string {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(target.split('$')[0] ?? '') ?? [];
  return host.includes('..') ? '' : host.replace(/:\d*$/, '');
}
