const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** A label as Kubernetes has it: RFC 1123, lower case, at most 63 characters (apimachinery `pkg/util/validation` IsDNS1123Label). */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && LABEL.test(text);
}

/** Labels with dots between them, at most 253 characters (apimachinery `pkg/util/validation` IsDNS1123Subdomain, which bounds no single label). */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => LABEL.test(label));
}

/** Such a name, or one with `*` in place of its first label (IsWildcardDNS1123Subdomain). */
export function isDnsPattern(text: string): boolean {
  return text.length <= 253 && isDnsSubdomain(text.replace(/^\*\./, ''));
}
