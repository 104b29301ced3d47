/** What the middlewares do that Traefik has for annotations of ingress-nginx alone (`pkg/middlewares/ingressnginx`, and redirects with a status of their own). */
export type NginxAction =
  | {
      readonly type: 'rewriteTarget';
      /** Empty: every path is rewritten. */
      readonly regex: string;
      readonly replacement: string;
      /** Empty: none. */
      readonly forwardedPrefix: string;
    }
  | { readonly type: 'appRoot'; readonly path: string }
  | { readonly type: 'upstreamVhost'; readonly vhost: string; readonly variables: Readonly<Record<string, string>> }
  | { readonly type: 'redirectWith'; readonly regex: string; readonly replacement: string; readonly status: number }
  /** `isAsked`: clients are asked for certificates at all. */
  | { readonly type: 'passCertificate'; readonly isAsked: boolean }
  | { readonly type: 'redirectToHttps' }
  | { readonly type: 'answer'; readonly status: number; readonly why: string };
