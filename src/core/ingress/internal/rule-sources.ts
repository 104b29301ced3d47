/** Where each rule of routing is written down: by its number, the public text or source that it follows. A rule of a controller is what its source does. */
const KUBERNETES = 'https://github.com/kubernetes/kubernetes/blob/master';
const KEP = 'https://github.com/kubernetes/enhancements/blob/master/keps/sig-network/1453-ingress-api/README.md';
const VALIDATION = `${KUBERNETES}/pkg/apis/networking/validation/validation.go`;
const INGRESS = `${KUBERNETES}/staging/src/k8s.io/api/networking/v1/types.go`;
const SLICES = `${KUBERNETES}/staging/src/k8s.io/api/discovery/v1/types.go`;
const NGINX = 'https://github.com/kubernetes/ingress-nginx/blob/main';
const NGINX_CONTROLLER = `${NGINX}/internal/ingress/controller`;
const NGINX_LUA = `${NGINX}/rootfs/etc/nginx/lua`;
const NGINX_TEMPLATE = `${NGINX}/rootfs/etc/nginx/template/nginx.tmpl`;
const NGINX_ANNOTATIONS = `${NGINX}/docs/user-guide/nginx-configuration/annotations.md`;
const TRAEFIK = 'https://github.com/traefik/traefik/blob/v3.7/pkg';
const F5 = 'https://github.com/nginx/kubernetes-ingress/blob/main/internal';
const GATEWAY = 'https://github.com/kubernetes-sigs/gateway-api/blob/v1.6.1/apis/v1';

/** By the number of the rule: A of Ingress v1, B of ingress-nginx, T of Traefik, F of the controller of F5, G of the Gateway API. */
export const RULE_SOURCES = {
  A1: KEP,
  A2: `${KUBERNETES}/plugin/pkg/admission/network/defaultingressclass/admission.go`,
  A4: INGRESS,
  A5: KEP,
  A6: INGRESS,
  A7: INGRESS,
  A8: KEP,
  A9: INGRESS,
  A10: KEP,
  A11: INGRESS,
  A12: INGRESS,
  A13: INGRESS,
  A14: KEP,
  A15: SLICES,
  'A-validation': VALIDATION,
  'A-status': INGRESS,
  B2: `${NGINX_CONTROLLER}/store/store.go`,
  B3: `${NGINX_CONTROLLER}/template/template.go`,
  B4: `${NGINX_CONTROLLER}/controller.go`,
  B6: `${NGINX_CONTROLLER}/controller.go`,
  B7: `${NGINX_CONTROLLER}/controller.go`,
  B8: `${NGINX_CONTROLLER}/location.go`,
  B9: `${NGINX_CONTROLLER}/template/template.go`,
  B10: `${NGINX_CONTROLLER}/template/template.go`,
  B11: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#location',
  B12: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#location',
  B13: `${NGINX_LUA}/lua_ingress.lua`,
  B14: NGINX_TEMPLATE,
  B15: `${NGINX_LUA}/ngx_conf_srv_redirect.lua`,
  B17: NGINX_TEMPLATE,
  B18: NGINX_TEMPLATE,
  B20: `${NGINX_CONTROLLER}/controller.go`,
  B21: `${NGINX_CONTROLLER}/controller.go`,
  B22: `${NGINX_LUA}/balancer.lua`,
  B23: `${NGINX_LUA}/balancer.lua`,
  B24: NGINX_ANNOTATIONS,
  'B-streams': `${NGINX_CONTROLLER}/controller.go`,
  T1: `${TRAEFIK}/provider/kubernetes/ingress/kubernetes.go`,
  T2: `${TRAEFIK}/muxer/http/mux.go`,
  T3: `${TRAEFIK}/muxer/http/matcher.go`,
  T4: `${TRAEFIK}/muxer/http/matcher.go`,
  T5: `${TRAEFIK}/muxer/http/mux.go`,
  T6: `${TRAEFIK}/provider/kubernetes/ingress/kubernetes.go`,
  T7: `${TRAEFIK}/provider/kubernetes/crd/kubernetes.go`,
  T8: `${TRAEFIK}/provider/kubernetes/ingress-nginx/kubernetes.go`,
  T9: `${TRAEFIK}/provider/kubernetes/gateway/httproute.go`,
  F: `${F5}/k8s/configuration.go`,
  'F-configuration': `${F5}/configs/ingress.go`,
  'F-virtual-server': `${F5}/configs/virtualserver.go`,
  'F-policy': `${F5}/configs/policy.go`,
  'F-transport-server': `${F5}/configs/transportserver.go`,
  'G-validation': 'https://github.com/kubernetes-sigs/gateway-api/tree/v1.6.1/config/crd',
  G1: `${GATEWAY}/gatewayclass_types.go`,
  G3: `${GATEWAY}/gateway_types.go`,
  G4: `${GATEWAY}/listenerset_types.go`,
  G5: `${GATEWAY}/gateway_types.go`,
  G6: `${GATEWAY}/gateway_types.go`,
  G7: `${GATEWAY}/shared_types.go`,
  G10: `${GATEWAY}/httproute_types.go`,
  G11: `${GATEWAY}/gateway_types.go`,
  G12: `${GATEWAY}/gateway_types.go`,
  G14: `${GATEWAY}/gateway_types.go`,
  G16: `${GATEWAY}/httproute_types.go`,
  G17: `${GATEWAY}/httproute_types.go`,
  G18: `${GATEWAY}/httproute_types.go`,
  G19: `${GATEWAY}/httproute_types.go`,
  G20: `${GATEWAY}/httproute_types.go`,
  G21: `${GATEWAY}/httproute_types.go`,
  G22: `${GATEWAY}/httproute_types.go`,
  G23: `${GATEWAY}/httproute_types.go`,
  G24: `${GATEWAY}/httproute_types.go`,
  G25: `${GATEWAY}/httproute_types.go`,
  G26: `${GATEWAY}/httproute_types.go`,
  G28: `${GATEWAY}/shared_types.go`,
  G31: `${GATEWAY}/httproute_types.go`,
  G37: `${GATEWAY}/grpcroute_types.go`,
  G41: `${GATEWAY}/backendtlspolicy_types.go`,
  G42: `${GATEWAY}/gateway_types.go`,
  G43: `${GATEWAY}/gateway_types.go`,
  G45: `${GATEWAY}/gateway_types.go`,
  G47: `${GATEWAY}/gateway_types.go`,
  G48: `${GATEWAY}/shared_types.go`,
  '6.3': `${GATEWAY}/httproute_types.go`,
} as const;

/** The number of a rule. */
export type RuleNumber = keyof typeof RULE_SOURCES;
