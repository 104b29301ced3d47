import type { Note } from '../../../kernel/answer.js';

/** For a router without TLS of its own at `websecure`. */
export const TLS_FOR_ALL: Note = {
  code: 'ENTRY_POINT_ENDS_TLS',
  message:
    'the entry point `websecure` is taken to end TLS for routers that do not ask for it themselves (`http.tls`), as in the Helm chart',
};

/** For a request that says what proxies it came through, of a client that is not trusted. */
export const HEADERS_DROPPED: Note = {
  code: 'FORWARDED_HEADERS_DROPPED',
  message:
    'what the request says of proxies in front (`X-Forwarded-…`, `X-Real-Ip`) is taken out at the entry point, which trusts no such client (`forwardedHeaders`)',
};

/** For a Service without endpoints. */
export const EMPTY_DROPPED: Note = {
  code: 'EMPTY_SERVICES_DROPPED',
  message:
    'Traefik is taken to run without `allowEmptyServices`, which is its own default, but not that of its Helm chart since 31.0: a Service without endpoints makes no router',
};
