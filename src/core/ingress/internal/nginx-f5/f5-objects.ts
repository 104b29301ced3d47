import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import { type GlobalConfiguration, PASSTHROUGH, type TransportServer } from '../../../resources/transport-server.js';
import type { VirtualServer, VirtualServerRoute } from '../../../resources/virtual-server.js';
import { dialectOfClass } from '../class-dialect.js';
import { takesOf } from '../class-takes.js';
import { type F5Options, needFault } from './f5-options.js';

/** The kinds that a class of the controller reads. */
export interface F5Objects {
  readonly ingresses: readonly Ingress[];
  readonly servers: readonly VirtualServer[];
  readonly routes: readonly VirtualServerRoute[];
  readonly transports: readonly TransportServer[];
  readonly configurations: readonly GlobalConfiguration[];
}

/** The objects of a class; what flags of its controller forbid is refused as a whole (`validateSnippets`, `validateTLSPassthroughListener` of nginx/kubernetes-ingress `pkg/apis/configuration/validation`). */
export function objectsOf(
  model: NetworkModel,
  className: string | undefined,
  ingresses: readonly Ingress[],
  options: F5Options,
): F5Objects {
  if (!options.customResources) return { ingresses, servers: [], routes: [], transports: [], configurations: [] };
  const { servers, routes, transports, configurations } = model.virtualServers;
  const { watches } = takesOf(model, className, 'nginx-f5');
  // One without a class is read by every controller of its kind, and not by others whose class is tried by its rules.
  const readsAny = dialectOfClass(model, className).spoken === 'nginx-f5';
  const isOurs = ({ className: named, namespace }: { readonly className: string | undefined; readonly namespace: string }) =>
    (named === undefined ? readsAny : named === className) && watches(namespace);
  const snippetsIn = (one: VirtualServer | VirtualServerRoute) =>
    options.snippets === false && (('hasSnippets' in one && one.hasSnippets) || one.routes.some(({ hasSnippets }) => hasSnippets));
  const checked = <T extends VirtualServer | VirtualServerRoute>(one: T): T => {
    const fault = snippetsIn(one) ? SNIPPETS_OFF : needFault(options, one.needs);
    return fault === undefined ? one : refusedFor(one, fault);
  };
  return {
    ingresses,
    servers: servers.filter(isOurs).map(checked),
    routes: routes.filter(isOurs).map(checked),
    transports: transports.filter(isOurs).map((one) => {
      if (options.passesTls === false && one.listener.name === PASSTHROUGH.name) return refusedFor(one, PASSTHROUGH_OFF);
      return options.snippets === false && one.hasSnippets ? refusedFor(one, SNIPPETS_OFF) : one;
    }),
    configurations: readBy(configurations, options),
  };
}

export const SNIPPETS_OFF = 'it has snippets, which the controller refuses without `-enable-snippets`';
const PASSTHROUGH_OFF = 'the controller runs without `-enable-tls-passthrough`';

const refusedFor = <T extends { readonly fault: string | undefined }>(one: T, why: string): T => ({ ...one, fault: one.fault ?? why });

/** The one that the flag names; all where it is not told. */
function readBy(configurations: readonly GlobalConfiguration[], { globalConfiguration }: F5Options): readonly GlobalConfiguration[] {
  if (globalConfiguration === undefined) return configurations;
  return configurations.filter(({ namespace, ref }) => `${namespace}/${ref.name}` === globalConfiguration);
}
