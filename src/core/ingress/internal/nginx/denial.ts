import type { NetworkModel } from '../../../model/network-model.js';
import { deniedSecret } from './backend-tls.js';
import { isRange } from './source-range.js';
import type { Location } from './servers.js';

/** Why the controller denies a location as a whole, 503 whatever is asked: an annotation of its Ingress that it can make nothing of (`errors.LocationDenied`). */
export function denialOf(model: NetworkModel, { ingress, annotations }: Location): string | undefined {
  if (!ingress || !annotations) return undefined;
  const range = [...annotations.allow, ...annotations.deny].find((text) => !isRange(text));
  if (range !== undefined) return `\`${range}\` in a list of addresses is none`;
  return deniedSecret(model, ingress, annotations);
}
