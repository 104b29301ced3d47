import type { Ip } from '../net/ip.js';
import type { Cidr } from '../net/cidr.js';
import type { LabelSelector } from '../resources/label-selector.js';

/**
 * The one grammar that names endpoints in REST, GraphQL and the explorer:
 * `pod/<ns>/<name>`, `deploy|sts|ds|rs|job|cronjob|rc/<ns>/<name>`, `svc/<ns>/<name>[:port]`, `node/<name>`, `ns/<name>`, `ip/<addr>`, `cidr/<prefix>`,
 * `dns/<name>`, `url/<https://host/path>`, `label:<k=v,…>@<ns|*>`, `internet`, `any`.
 */
export type EndpointSelector =
  | { readonly type: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly type: 'workload'; readonly kind: string; readonly namespace: string; readonly name: string }
  | { readonly type: 'service'; readonly namespace: string; readonly name: string; readonly port: string | undefined }
  | { readonly type: 'node'; readonly name: string }
  | { readonly type: 'namespace'; readonly name: string }
  | { readonly type: 'ip'; readonly ip: Ip }
  | { readonly type: 'cidr'; readonly cidr: Cidr }
  | { readonly type: 'dns'; readonly name: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'label'; readonly selector: LabelSelector; readonly namespace: string | undefined }
  | { readonly type: 'internet' }
  | { readonly type: 'any' };
