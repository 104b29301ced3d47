/** The dialect of each controller, by the `spec.controller` of its IngressClasses, as its own documentation names it. */
const DIALECT_OF_CONTROLLER: ReadonlyMap<string, string> = new Map([
  ['k8s.io/ingress-nginx', 'ingress-nginx'],
  ['traefik.io/ingress-controller', 'traefik'],
  ['nginx.org/ingress-controller', 'nginx-f5'],
  ['haproxy.org/ingress-controller', 'haproxy'],
  ['haproxy-ingress.github.io/controller', 'haproxy-ingress'],
  ['ingress.k8s.aws/alb', 'aws-alb'],
  ['ingress-controllers.konghq.com/kong', 'kong'],
  ['projectcontour.io/ingress-controller', 'contour'],
  ['istio.io/ingress-controller', 'istio'],
  ['cilium.io/ingress-controller', 'cilium'],
  ['azure/application-gateway', 'azure-application-gateway'],
]);

/** By whose rules a controller routes, modelled or not; undefined where it is none that is known. */
export function dialectOfController(controller: string): string | undefined {
  return DIALECT_OF_CONTROLLER.get(controller);
}
