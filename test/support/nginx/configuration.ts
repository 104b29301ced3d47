import type { WrittenIngress, WrittenPath } from './random-ingresses.js';

/**
 * The configuration that ingress-nginx would write for some Ingresses, as far as the choice of host, path, redirect and rewrite goes: written from rules B1 to B14
 * (kubernetes/ingress-nginx `internal/ingress/controller`, `rootfs/etc/nginx/template/nginx.tmpl`), and apart from the code of the product. What is not a redirect is sent to a server that says
 * which Service was meant and which path arrived.
 */
export function nginxConfiguration(ingresses: readonly WrittenIngress[], { port, echoPort, directory }: NginxPlace): string {
  const ordered = ingresses.toSorted((a, b) => a.age - b.age || (a.name < b.name ? 1 : -1));
  const hosts = [...new Set(ordered.map(({ host }) => host))];
  return `
daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log warn;
events { worker_connections 1024; }
http {
  access_log off; port_in_redirect off; server_names_hash_bucket_size 128; server_names_hash_max_size 4096;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`).join(' ')}
  keepalive_requests 1000000; default_type text/plain;
  server { listen 127.0.0.1:${echoPort}; location / { if ($http_x_service = '404') { return 404; } return 200 "$http_x_service $request_uri"; } }
  server { listen 127.0.0.1:${port} default_server; server_name _; location / { return 404; } }
  ${hosts.flatMap((host) => redirectText(host, hosts, ordered, port)).join('\n  ')}
  ${hosts
    .toSorted()
    .map((host) =>
      serverText(
        host,
        ordered.filter((one) => one.host === host),
        { port, echoPort, directory },
      ),
    )
    .join('\n  ')}
}
`;
}

/** Rule B15 (`buildRedirects` of `template.go`, `ngx_srv_redirect.lua`): a server of its own for the other name, before all others, unless that is a host. */
function redirectText(host: string, hosts: readonly string[], ingresses: readonly WrittenIngress[], port: number): readonly string[] {
  const isAsked = ingresses.some((one) => one.host === host && one.annotations['from-to-www-redirect'] === 'true');
  const other = host.startsWith('www.') ? host.slice(4) : `www.${host}`;
  if (!isAsked || hosts.includes(other)) return [];
  // a group with a name, for nginx escapes what it takes from one without
  const cut = 'set $to $request_uri; if ($request_uri ~ "^(?<cut>.*)/$") { set $to $cut; }';
  return [`server { listen 127.0.0.1:${port}; server_name ${other}; ${cut} location / { return 308 $scheme://${host}:80$to; } }`];
}

/** Where an nginx of a test runs. */
export interface NginxPlace {
  readonly port: number;
  /** Where the stand-in of every Service listens. */
  readonly echoPort: number;
  /** For everything that it writes. */
  readonly directory: string;
}

interface Location extends Omit<WrittenPath, 'service'> {
  /** Undefined: the controller's own default backend. */
  readonly service: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

function serverText(host: string, ingresses: readonly WrittenIngress[], place: NginxPlace): string {
  const locations = locationsOf(ingresses);
  const exacts = new Set(locations.filter(({ type }) => type === 'Exact').map(({ path }) => path));
  const isRegex = locations.some(usesRegex);
  const texts = locations
    .flatMap((location) => blocksOf(location, exacts))
    .map((block) => {
      const match = isRegex ? `~* "^${block.path}"` : `${block.type === 'Exact' ? '= ' : ''}"${block.path}"`;
      return `location ${match} ${bodyOf(block, place)}`;
    });
  const roots = locations.flatMap(({ annotations }) => annotations['app-root'] ?? []);
  const appRoot = roots.map((root) => `if ($uri = /) { return 302 $scheme://$http_host${root}; }`).join(' ');
  const [aliases = ''] = ingresses.flatMap(({ annotations }) => annotations['server-alias'] ?? []);
  const name = host.startsWith('*.') ? `~^(?<subdomain>[\\w-]+)\\.${host.slice(2).replaceAll('.', '\\.')}$` : host;
  return `server { listen 127.0.0.1:${place.port}; server_name "${name}" ${aliases.replaceAll(',', ' ')}; ${appRoot} ${texts.join(' ')} }`;
}

const usesRegex = ({ annotations, path }: Location) => annotations['use-regex'] === 'true' || rewriteOf(annotations, path) !== undefined;

/** Rule B8 (`updateServerLocations` of `location.go`): a Prefix whose own Ingress has no expressions stands for what lies below it, and for itself unless an Exact path does. */
function blocksOf(location: Location, exacts: ReadonlySet<string>): readonly Location[] {
  if (location.path === '/' || location.type === 'Exact' || usesRegex(location)) return [location];
  const below = { ...location, path: location.path.replace(/\/?$/, '/') };
  return exacts.has(location.path) ? [below] : [below, { ...location, type: 'Exact' }];
}

/** Rules B4 to B7: the default location, the first of each path and type, longest path first. */
function locationsOf(ingresses: readonly WrittenIngress[]): readonly Location[] {
  const [first] = ingresses;
  const locations: Location[] = [{ path: '/', type: 'Prefix', service: undefined, annotations: first?.annotations ?? {} }];
  for (const { paths, annotations } of ingresses) {
    for (const { path, type, service } of paths) {
      const at = locations.findIndex((known) => known.path === path && known.type === type);
      if (at < 0) locations.push({ path, type, service, annotations });
      else if (locations[at]?.service === undefined) locations[at] = { path, type, service, annotations };
    }
  }
  return locations.sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? 1 : a.path > b.path ? -1 : 0));
}

function rewriteOf(annotations: Readonly<Record<string, string>>, path: string): string | undefined {
  const target = annotations['rewrite-target'];
  return target === undefined || target === path ? undefined : target;
}

/** Rules B10 and B14: a location that redirects has its `proxy_pass` as any other, so that nginx adds a missing slash first (rule B11). */
function bodyOf({ path, service, annotations }: Location, { echoPort }: NginxPlace): string {
  const temporal = annotations['temporal-redirect'];
  const permanent = annotations['permanent-redirect'];
  const codeOf = (kind: string, usual: number, last: number) => {
    const code = Number(annotations[`${kind}-redirect-code`]);
    return code >= 300 && code <= last ? code : usual;
  };
  const redirect =
    temporal !== undefined
      ? `return ${codeOf('temporal', 302, 307)} ${temporal}; `
      : permanent === undefined
        ? ''
        : `return ${codeOf('permanent', 301, 308)} ${permanent}; `;
  const target = rewriteOf(annotations, path);
  const rewrite = target === undefined ? '' : `rewrite "(?i)${path}" ${target} break; `;
  return `{ ${redirect}${rewrite}proxy_set_header X-Service "${service ?? '404'}"; proxy_pass http://127.0.0.1:${echoPort}; }`;
}
