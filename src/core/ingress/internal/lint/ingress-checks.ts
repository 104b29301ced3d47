import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { IngressDialectName } from '../../route-request.js';
import type { ClassRouter } from '../dialect.js';
import { annotationsOf } from '../nginx/annotations.js';
import { pathsRefusedOnWrite } from '../nginx/inspection.js';
import { nginxOptions } from '../nginx/options.js';
import { providerAnnotations, unsupportedOf } from '../traefik-nginx/provider-annotations.js';
import type { RouteDraft } from './ledger.js';

/** Secrets of `spec.tls` that are not there or hold no certificate. Where no Secret was imported at all, nothing is known of any. */
export function secretDrafts({ secrets }: NetworkModel, { namespace, ref, tls }: Ingress): readonly RouteDraft[] {
  if (secrets.size === 0) return [];
  return tls.flatMap(({ secretName, pointer }): readonly RouteDraft[] => {
    if (secretName === undefined) return [];
    const secret = secrets.get(`${namespace}/${secretName}`);
    const place = { object: ref, pointer: `${pointer}/secretName` };
    if (!secret) return [{ ...place, code: 'ING-SECRET-MISSING', message: `Secret ${namespace}/${secretName} does not exist` }];
    if (secret.tlsCertificate !== undefined) return [];
    return [{ ...place, code: 'ING-SECRET-WITHOUT-CERTIFICATE', message: `Secret ${namespace}/${secretName} holds no \`tls.crt\`` }];
  });
}

/** Annotations of ingress-nginx that may change what the rules do, or that Traefik does not read. */
export function annotationDraft(dialect: IngressDialectName, ingress: Ingress): RouteDraft | undefined {
  if (dialect === 'traefik-ingress-nginx') return unsupportedDraft(ingress);
  if (dialect !== 'ingress-nginx') return undefined;
  const { notModelled, snippets } = annotationsOf(ingress);
  const names = [...notModelled, ...snippets].map((name) => `\`${name}\``);
  if (names.length === 0) return undefined;
  const message = `${names.join(', ')} may change what the rules of this Ingress do`;
  return { code: 'ING-ANNOTATION-NOT-MODELLED', object: ingress.ref, pointer: '/metadata/annotations', message };
}

/** Paths for which the webhook of ingress-nginx would not let the Ingress be written again. */
export function refusedOnWriteDrafts(model: NetworkModel, { dialect, className }: ClassRouter, ingress: Ingress): readonly RouteDraft[] {
  if (dialect !== 'ingress-nginx') return [];
  const refused = pathsRefusedOnWrite(ingress, nginxOptions(model, className));
  return refused.map((one) => ({ code: 'ING-WEBHOOK-REFUSES', object: ingress.ref, ...one }));
}

function unsupportedDraft(ingress: Ingress): RouteDraft | undefined {
  const names = unsupportedOf(providerAnnotations(ingress)).map((name) => `\`${name}\``);
  if (names.length === 0) return undefined;
  const message = `Traefik does not read ${names.join(', ')}: without effect there`;
  return { code: 'ING-ANNOTATION-UNSUPPORTED', object: ingress.ref, pointer: '/metadata/annotations', message };
}
