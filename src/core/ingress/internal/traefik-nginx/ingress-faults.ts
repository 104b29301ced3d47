import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import { protocolOf } from './backends.js';
import type { ProviderAnnotations } from './provider-annotations.js';
import type { ProviderSettings } from './settings.js';

type Allowed = Pick<ProviderSettings, 'allowCrossNamespaceResources'>;

/** Why Traefik passes over the HTTP side of an Ingress (`buildServersTransport`, `buildClientAuthTLSOption`). */
export function ingressFault(
  model: NetworkModel,
  ingress: Ingress,
  annotations: ProviderAnnotations,
  settings: Allowed,
): string | undefined {
  return transportFault(model, ingress, annotations, settings) ?? clientAuthFault(model, ingress, annotations, settings);
}

function transportFault(model: NetworkModel, ingress: Ingress, annotations: ProviderAnnotations, settings: Allowed): string | undefined {
  const named = annotations.text('proxy-ssl-secret') ?? '';
  if (protocolOf(annotations) !== 'https' || named === '') return undefined;
  const fault = referenceFault('proxy-ssl-secret', named, ingress, settings);
  if (fault !== undefined) return fault;
  const keys = model.secrets.get(named)?.keys;
  if (!keys) return `\`proxy-ssl-secret\`: there is no Secret ${named}`;
  const isUsable = ['tls.crt', 'tls.key', 'ca.crt'].some((key) => keys.includes(key));
  return isUsable ? undefined : `\`proxy-ssl-secret\`: Secret ${named} holds neither a key pair nor \`ca.crt\``;
}

function clientAuthFault(model: NetworkModel, ingress: Ingress, annotations: ProviderAnnotations, settings: Allowed): string | undefined {
  const named = annotations.text('auth-tls-secret');
  if (named === undefined) return undefined;
  const fault = referenceFault('auth-tls-secret', named, ingress, settings);
  if (fault !== undefined) return fault;
  const keys = model.secrets.get(named)?.keys;
  if (!keys) return `\`auth-tls-secret\`: there is no Secret ${named}`;
  return keys.includes('ca.crt') ? undefined : `\`auth-tls-secret\`: Secret ${named} holds no \`ca.crt\``;
}

function referenceFault(name: string, reference: string, ingress: Ingress, settings: Allowed): string | undefined {
  const [namespace, secret, ...more] = reference.split('/');
  if (!namespace || !secret || more.length > 0) return `\`${name}\` is \`namespace/name\`, not \`${reference}\``;
  if (namespace === ingress.namespace || settings.allowCrossNamespaceResources) return undefined;
  return `\`${name}\`: \`${reference}\` is not in the namespace \`${ingress.namespace}\`, which needs \`allowCrossNamespaceResources\``;
}

/** Why Traefik makes no routers of the paths of an Ingress: who may come in cannot be told (`resolveBasicAuth`). */
export function authFault(
  { secrets }: NetworkModel,
  ingress: Ingress,
  annotations: ProviderAnnotations,
  settings: Allowed,
): string | undefined {
  const type = annotations.text('auth-type');
  if (type === undefined) return undefined;
  if (type !== 'basic' && type !== 'digest') return `\`auth-type\` is \`basic\` or \`digest\`, not \`${type}\``;
  const named = annotations.text('auth-secret') ?? '';
  if (named === '') return '`auth-secret` is missing beside `auth-type`';
  const parts = named.split('/');
  if (parts.length > 2) return `\`auth-secret\` is \`name\` or \`namespace/name\`, not \`${named}\``;
  const reference = parts.length === 2 ? named : `${ingress.namespace}/${named}`;
  const fault = referenceFault('auth-secret', reference, ingress, settings);
  if (fault !== undefined) return fault;
  const keys = secrets.get(reference)?.keys;
  if (!keys) return `\`auth-secret\`: there is no Secret ${reference}`;
  const kind = annotations.text('auth-secret-type') ?? 'auth-file';
  if (kind === 'auth-map') return undefined;
  if (kind !== 'auth-file') return `\`auth-secret-type\` is \`auth-file\` or \`auth-map\`, not \`${kind}\``;
  return keys.includes('auth') ? undefined : `\`auth-secret\`: Secret ${reference} has no key \`auth\``;
}
