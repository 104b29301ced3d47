/** Why a label key is not valid; undefined when it is (apimachinery `pkg/util/validation`, `IsQualifiedName`). */
export function labelKeyProblem(key: string): string | undefined {
  const slash = key.lastIndexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  if (prefix !== undefined && !isSubdomain(prefix)) return `the prefix \`${prefix}\` is no DNS name`;
  const name = key.slice(slash + 1);
  if (name.length > 63) return 'its name is longer than 63 characters';
  return isLabelName(name) ? undefined : 'a label key is letters, digits, `-`, `_`, `.`, and starts and ends with a letter or digit';
}

/** Why a label value is not valid; undefined when it is (`IsValidLabelValue`). */
export function labelValueProblem(value: string): string | undefined {
  if (value.length > 63) return 'it is longer than 63 characters';
  if (value === '' || isLabelName(value)) return undefined;
  return 'a label value is empty, or letters, digits, `-`, `_`, `.`, and starts and ends with a letter or digit';
}

function isLabelName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text);
}

function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label));
}
