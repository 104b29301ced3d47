import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';

/** The parts of a Service's spec as they are written, before anything is defaulted. */
export function isExternalName({ type }: JsonObject): boolean {
  return type === 'ExternalName';
}

/** `isHeadlessService`. */
export function isHeadless(spec: JsonObject): boolean {
  const addresses = serviceAddressTexts(spec);
  return addresses.length === 1 && addresses[0] === 'None';
}

/** `clusterIPs`, or the one that `clusterIP` says. */
export function serviceAddressTexts({ clusterIP, clusterIPs }: JsonObject): readonly string[] {
  const all = textsIn(clusterIPs);
  return all.length > 0 || typeof clusterIP !== 'string' || clusterIP === '' ? all : [clusterIP];
}

export function policyOf({ ipFamilyPolicy }: JsonObject): string | undefined {
  return typeof ipFamilyPolicy === 'string' && ipFamilyPolicy !== '' ? ipFamilyPolicy : undefined;
}

export function hasSelector({ selector }: JsonObject): boolean {
  return isJsonObject(selector) && Object.keys(selector).length > 0;
}

export function textsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
