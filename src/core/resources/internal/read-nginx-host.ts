import { isDnsPattern } from '../dns-label.js';
import type { ObjectReader } from './object-reader.js';

/** `spec.host` of the kinds of the controller of NGINX Inc., which takes lower-case names and wildcards alone (nginx/kubernetes-ingress `validation/virtualserver.go`, `validateHost`). */
export function readNginxHost(spec: ObjectReader): string | undefined {
  const host = spec.filledText('host');
  if (host !== undefined && !isDnsPattern(host))
    spec.error(
      'invalid-value',
      'host',
      `\`${host}\` is no host: it has to be a lower-case DNS name, the first label of which may be \`*\``,
    );
  return host?.toLowerCase();
}
