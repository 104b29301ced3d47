import type { ListPart, Part, Shape, TextForm } from './crd-shape.js';

/** Types that the kinds of the Gateway API share (kubernetes-sigs/gateway-api `apis/v1/shared_types.go` and `object_reference_types.go`). */

type TextPart = Extract<Part, { is: 'text' }>;

/** A field that the schema asks nothing of, or whose reader checks it. */
export const ANYTHING: Part = { is: 'anything' };

/** A text of `least` to `most` characters. */
export function text(most: number, least = 0, form?: TextForm): TextPart {
  return { is: 'text', least, most, ...(form && { form }) };
}

/** A part that has to be there. */
export function needed(part: TextPart): TextPart {
  return { ...part, needed: true };
}

/** A list of at most `most` entries. */
export function list(most: number, of: Shape | Part, more: Partial<Pick<ListPart, 'least' | 'key' | 'needed'>> = {}): ListPart {
  return { is: 'list', least: 0, most, of, ...more };
}

/** An object with these fields. */
export function object(shape: Shape): Part {
  return { is: 'object', shape };
}

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

/** `Group`; `''` is the core group. */
export const GROUP = text(253, 0, {
  pattern: new RegExp(`^$|^${SUBDOMAIN}$`),
  words: 'group of an API, such as `gateway.networking.k8s.io`',
});
/** `Kind`. */
export const KIND = text(63, 1, { pattern: /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/, words: 'kind' });
/** `ObjectName`; that one is missing is told by who reads the reference. */
export const NAME = text(253, 1);
/** `Namespace`. */
export const NAMESPACE = text(63, 1, { pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, words: 'name of a namespace' });
/** `SectionName`. */
export const SECTION = text(253, 1, {
  pattern: new RegExp(`^${SUBDOMAIN}$`),
  words: 'name of a section: lower-case letters, digits, `-` and `.`',
});
/** `HeaderName`. */
export const HEADER_NAME = text(256, 1, { pattern: /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/, words: 'name of a header' });
/** `GatewayController`. */
export const CONTROLLER = text(253, 1, {
  pattern: new RegExp(`^${SUBDOMAIN}\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$`),
  words: 'name of a controller: a domain and a path, as in `example.net/gateway-controller`',
});

/** `BackendObjectReference`. */
export const BACKEND: Shape = { group: GROUP, kind: KIND, name: NAME, namespace: NAMESPACE, port: ANYTHING };
