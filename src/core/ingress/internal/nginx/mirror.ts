import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import type { RouteMirror } from '../../route-result.js';
import { annotationPointer } from './annotation-reader.js';
import type { Context } from './context.js';
import { fill } from './rewrite.js';
import type { Visit } from './visit.js';

/** The copy of a request, and where it goes (`buildMirrorLocationDirective` of the template; ngx_http_mirror_module, ngx_http_proxy_module). */
export function mirrorOf(
  { model, options }: Context,
  visit: Visit,
): { readonly mirror: RouteMirror; readonly step: EvidenceStep } | undefined {
  const { ingress, annotations } = visit.location;
  const asked = annotations?.mirror;
  if (!ingress || !asked) return undefined;
  const url = urlOf(asked.target, visit, options.joinsHeaders);
  const found = serviceOf(model, asked.target);
  const where = found ? `Service ${found.service.namespace}/${found.service.name}` : 'no Service that is known';
  const message = `a copy of the request${asked.body ? '' : ' without its body'} goes to \`${url}\`, ${where}; its answer is dropped`;
  return {
    mirror: {
      namespace: found?.service.namespace ?? null,
      service: found?.service.name ?? null,
      port: found?.port ?? null,
      percent: 100,
      url,
      host: asked.host,
      body: asked.body,
    },
    step: {
      stage: 'backend',
      outcome: 'info',
      reason: 'MIRRORED',
      message,
      object: ingress.ref,
      pointer: annotationPointer('mirror-target'),
    },
  };
}

/** With variables nginx sends the text as it is filled; without, the path of the target takes the place of that of the internal location, and the query follows. */
function urlOf(target: string, { request, host }: Visit, joinsHeaders: boolean): string {
  if (target.includes('$')) return fill(target, [], request, host.name, joinsHeaders) ?? target;
  const path = /^[^:]+:\/\/[^/]+\//.test(target) ? '' : '/_mirror-{uid of the Ingress}';
  return `${target}${path}${request.query === undefined ? '' : `?${request.query}`}`;
}

/** By its name in the DNS of the cluster. Where variables follow, nginx asks the name server itself, without a search list. */
function serviceOf(model: NetworkModel, target: string): { readonly service: ModelService; readonly port: number } | undefined {
  const [, scheme = '', name = '', port] = /^(https?):\/\/([^/:$]+)(?::(\d+))?/i.exec(target) ?? [];
  const whole = `.svc.${model.profile.clusterDomain}`;
  const short = name.replace(/\.$/, '').toLowerCase();
  const known = short.endsWith(whole) ? short.slice(0, -whole.length) : target.includes('$') ? '' : short.replace(/\.svc$/, '');
  const [service = '', namespace = '', ...more] = known.split('.');
  const found = more.length === 0 ? model.services.get(`${namespace}/${service}`) : undefined;
  return found && { service: found, port: port === undefined ? (scheme.toLowerCase() === 'https' ? 443 : 80) : Number(port) };
}
