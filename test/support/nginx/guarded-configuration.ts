import type { GuardedHost } from './written-access.js';

/** Where an nginx of a test listens, and where its files are. */
export interface GuardedPlace {
  readonly port: number;
  readonly tlsPort: number;
  readonly echoPort: number;
  readonly directory: string;
  /** Errors whose pages the whole controller has somebody else write. */
  readonly pages: readonly number[];
}

/**
 * The configuration that ingress-nginx would write for some hosts, as far as certificates, addresses and authentication go: from `rootfs/etc/nginx/template/nginx.tmpl` of
 * kubernetes/ingress-nginx, and apart from the code of the product. `server.pem`, `ca.pem` and `passwords` stand in the directory.
 */
export function guardedConfiguration(hosts: readonly GuardedHost[], place: GuardedPlace): string {
  const { port, tlsPort, echoPort, directory } = place;
  const listen = (what = '') => `listen 127.0.0.1:${port} ${what}; listen 127.0.0.1:${tlsPort} ssl ${what};
    ssl_certificate ${directory}/server.pem; ssl_certificate_key ${directory}/server.pem;`;
  const statuses = [401, 403, 404].map((status) => `if ($http_x_auth = '${status}') { return ${status}; }`).join(' ');
  const pageStatuses = [401, 403].map((status) => `if ($http_x_code = '${status}') { return ${status} $told; }`).join(' ');
  return `
daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log warn;
events { worker_connections 1024; }
http {
  access_log off; server_names_hash_bucket_size 128; default_type text/plain; large_client_header_buffers 4 32k;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`).join(' ')}
  server {
    listen 127.0.0.1:${echoPort}; large_client_header_buffers 4 32k;
    location = /check { ${statuses} return 200; }
    location / { set $told "$http_x_service $request_uri|$http_ssl_client_verify|$http_ssl_client_subject_dn|$http_ssl_client_issuer_dn|$http_ssl_client_cert|$http_x_code"; ${pageStatuses} return 200 $told; }
  }
  server { ${listen('default_server')} server_name _; ${pageLocations(place, true)} location / { return 404; } }
  ${hosts.map((one) => `server { ${listen()} ${serverText(one, place)} }`).join('\n  ')}
}
`;
}

/** Whoever writes the page of an error is told of it, at `/` (`CUSTOM_ERRORS` of the template). */
function pageLocations({ pages, echoPort }: GuardedPlace, inherits: boolean): string {
  const proxied = `rewrite (.*) / break; proxy_set_header X-Service pages; proxy_pass http://127.0.0.1:${echoPort};`;
  if (pages.length === 0) return '';
  // What stands in `http` of the template stands in each server here, for the stand-in of the Services has none of it.
  const inherited = `proxy_intercept_errors on; ${pages.map((status) => `error_page ${status} = @custom_${status};`).join(' ')}`;
  const locations = pages
    .map((status) => `location @custom_${status} { internal; proxy_intercept_errors off; proxy_set_header X-Code ${status}; ${proxied} }`)
    .join(' ');
  return `${inherits ? inherited : ''} ${locations}`;
}

function serverText({ host, annotations }: GuardedHost, place: GuardedPlace): string {
  const says = (name: string) => annotations[name] ?? '';
  const isAsking = says('auth-tls-secret') !== '';
  const page = says('auth-tls-error-page');
  const subject = says('auth-tls-match-cn');
  const certificates = [
    `ssl_client_certificate ${place.directory}/ca.pem; ssl_verify_client ${says('auth-tls-verify-client')}; ssl_verify_depth 1;`,
    page === '' ? '' : `error_page 495 496 = ${page};`,
    subject === '' ? '' : `if ($ssl_client_s_dn !~ "${subject}") { return 403; }`,
  ].join(' ');
  return `server_name ${[host, says('server-alias')].join(' ')}; ${isAsking ? certificates : ''}
    ${says('auth-url') === '' ? '' : `location = /_auth { internal; proxy_pass http://127.0.0.1:${place.echoPort}/check; }`}
    ${says('auth-signin') === '' ? '' : `location @sign_in { internal; return 302 ${says('auth-signin')}; }`}
    ${pageLocations(place, !(isAsking && page !== ''))}
    location = /error ${locationText(annotations, 'error', place)} location /error/ ${locationText(annotations, 'error', place)}
    location / ${locationText(annotations, 'web', place)}`;
}

function locationText(annotations: GuardedHost['annotations'], service: string, { echoPort, directory }: GuardedPlace): string {
  const says = (name: string) => annotations[name] ?? '';
  const list = (name: string) =>
    says(name)
      .split(',')
      .filter((item) => item !== '');
  const allowed = list('whitelist-source-range');
  const passes = says('auth-tls-pass-certificate-to-upstream') === 'true';
  return `{
      ${list('denylist-source-range')
        .map((range) => `deny ${range};`)
        .join(' ')}
      ${allowed.map((range) => `allow ${range};`).join(' ')} ${allowed.length > 0 ? 'deny all;' : ''}
      ${says('auth-url') === '' ? '' : 'auth_request /_auth;'}
      ${says('auth-signin') === '' ? '' : 'error_page 401 = @sign_in;'}
      ${says('auth-type') === '' ? '' : `auth_basic "Staff"; auth_basic_user_file ${directory}/passwords;`}
      ${says('satisfy') === '' ? '' : `satisfy ${says('satisfy')};`}
      ${passes ? 'proxy_set_header ssl-client-cert $ssl_client_escaped_cert;' : ''}
      proxy_set_header ssl-client-verify $ssl_client_verify;
      proxy_set_header ssl-client-subject-dn $ssl_client_s_dn;
      proxy_set_header ssl-client-issuer-dn $ssl_client_i_dn;
      proxy_set_header X-Service ${service}; proxy_pass http://127.0.0.1:${echoPort};
    }`;
}
