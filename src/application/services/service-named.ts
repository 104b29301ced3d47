import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';

/** The parameter of questions about one service. */
export const SERVICE_INPUT = z.string().max(512).describe('the service, `svc/shop/web` or `shop/web`');

/** The service that a text names. Fails with `invalid-request`, `invalid-selector` and `unknown-service`. */
export function serviceNamed(model: NetworkModel, text: string): Result<ModelService, Problem> {
  const selector = parseEndpointSelector(/^[^/:]+\/[^/]+$/.test(text) ? `svc/${text}` : text);
  if (!selector.ok) return selector;
  if (selector.value.type !== 'service') {
    const message = `\`${text}\` is no service: expected \`svc/<namespace>/<name>\``;
    return err(problem('invalid-request', message, { errors: [{ pointer: '/service', code: 'not-a-service', message }] }));
  }
  const key = `${selector.value.namespace}/${selector.value.name}`;
  const service = model.services.get(key);
  if (service) return ok(service);
  const hint = didYouMeanHint(key, model.services.keys());
  return err(problem('unknown-service', `there is no service \`${key}\``, hint === undefined ? {} : { hint }));
}
