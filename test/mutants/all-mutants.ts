import { ADDRESSES } from './lists/addresses.js';
import { CALICO_AFFINITIES } from './lists/calico-affinities.js';
import { CARRIED_PACKETS } from './lists/carried-packets.js';
import { CLASS_MEMBERS } from './lists/class-members.js';
import { COLLECTED_BY_CALICO } from './lists/collected-by-calico.js';
import { GATEWAY_FILTERS } from './lists/gateway-filters.js';
import { GATEWAY_PRECEDENCE } from './lists/gateway-precedence.js';
import { FELIX_ENVIRONMENT } from './lists/felix-environment.js';
import { HOP_PATHS } from './lists/hop-paths.js';
import { LEAVING } from './lists/leaving.js';
import { INGRESS_NGINX } from './lists/ingress-nginx.js';
import { INGRESS_NGINX_CLIENTS } from './lists/ingress-nginx-clients.js';
import { INGRESS_V1 } from './lists/ingress-v1.js';
import { NGINX_F5 } from './lists/nginx-f5.js';
import { NGINX_STREAMS } from './lists/nginx-streams.js';
import { PLUGIN_SETTINGS } from './lists/plugin-settings.js';
import { POLICY } from './lists/policy.js';
import { POOLS_OF_PLUGINS } from './lists/pools-of-plugins.js';
import { RANGES_OF_NODES } from './lists/ranges-of-nodes.js';
import { REPEATABLE_OPERATIONS } from './lists/repeatable-operations.js';
import { ROUTE_DIFF } from './lists/route-diff.js';
import { TRAEFIK } from './lists/traefik.js';
import { UPKEEP_OF_ALLOCATIONS } from './lists/upkeep-of-allocations.js';
import { WEAVE_RING } from './lists/weave-ring.js';
import type { MutantsOfFile } from './mutant.js';

/** Every mistake that the tests have to notice. */
export const ALL_MUTANTS: readonly MutantsOfFile[] = [
  ...INGRESS_V1,
  ...CLASS_MEMBERS,
  ...INGRESS_NGINX,
  ...INGRESS_NGINX_CLIENTS,
  ...ROUTE_DIFF,
  ...TRAEFIK,
  ...NGINX_F5,
  ...NGINX_STREAMS,
  ...GATEWAY_PRECEDENCE,
  ...GATEWAY_FILTERS,
  ...ADDRESSES,
  ...CALICO_AFFINITIES,
  ...CARRIED_PACKETS,
  ...COLLECTED_BY_CALICO,
  ...FELIX_ENVIRONMENT,
  ...HOP_PATHS,
  ...LEAVING,
  ...PLUGIN_SETTINGS,
  ...POLICY,
  ...POOLS_OF_PLUGINS,
  ...RANGES_OF_NODES,
  ...REPEATABLE_OPERATIONS,
  ...UPKEEP_OF_ALLOCATIONS,
  ...WEAVE_RING,
];
