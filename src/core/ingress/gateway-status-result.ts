/** Every verdict of `gateway-status` with its meaning. */
export const GATEWAY_STATUS_VERDICTS = {
  ACCEPTED: 'everything about the object is accepted and resolved',
  PARTLY: 'the object is accepted in part: some parent, listener, rule or reference of it is not',
  REFUSED: 'nothing of the object is accepted',
  NOT_HANDLED: 'no controller serves the object: its GatewayClass or its parent does not exist',
} as const;

/** Whether an object of the Gateway API is accepted. */
export type GatewayStatusVerdict = keyof typeof GATEWAY_STATUS_VERDICTS;

/** Every reason code in the evidence of `gateway-status`, with its meaning. */
export const GATEWAY_STATUS_REASONS = {
  CONDITION_HOLDS: 'the condition is True',
  CONDITION_FAILS: 'the condition is False; the message says why',
  API_SERVER_REFUSES: 'the API server does not take the object: the status is what it would have if it were stored all the same',
  CLASS_MISSING: 'the GatewayClass that the Gateway names does not exist',
  PARENT_MISSING: 'the parent that the object names does not exist, so that nobody writes a status for it',
  PARENT_NOT_MODELLED: 'the parent belongs to a mesh or an implementation: what becomes of the object there is not modelled',
  PARAMETERS_UNKNOWN: 'parameters of the implementation are not known: the answer is what holds without them',
  SERVICE_IMPORT_TAKEN: 'the implementation is taken to lead to a ServiceImport, which it need not',
  ADDRESS_TYPE_UNKNOWN: 'whether the implementation knows the type of address is not known; it is taken not to',
  MORE_DEFAULT_GATEWAYS: 'more Gateways take the route by default than its status can hold',
  PROTOCOL_UNKNOWN: 'whether the implementation knows the protocol of a listener is not known; it is taken not to',
  NO_PARENT: 'the object names no parent of the Gateway API',
  ADDRESS_TAKEN_AS_USABLE: 'whether the network gives the Gateway an address that it asks for is not known; it is taken to',
  MORE_ANCESTORS: 'more Gateways use the policy than its status can hold',
  NOT_USED: 'no route of a Gateway uses what the policy is for',
  STATE_VALID: 'the controller takes the object as it stands',
  STATE_WARNING: 'the controller takes the object in part, or another has what it claims; the message says why',
  STATE_INVALID: 'the controller refuses the object; the message says why',
  CLASS_NOT_SERVED: 'no controller of NGINX Inc. reads objects of the class',
  CLAIM_OPEN: 'neither age nor UID tells objects apart that claim the same: the status is what it is if the one that is named first has it',
} as const satisfies Readonly<Record<string, string>>;

/** One entry of `status.conditions`, without times. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** `metadata.generation` of the object: the state of its spec that the condition is about; null where the stored object has none. */
  readonly observedGeneration: number | null;
}

/** `status.listeners[]` of a Gateway or a ListenerSet. */
export interface ListenerStatus {
  readonly name: string;
  readonly pointer: string;
  readonly attachedRoutes: number;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly conditions: readonly Condition[];
}

/** `status.parents[]` of a route, or `status.ancestors[]` of a policy. */
export interface ParentStatus {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly sectionName: string | null;
  readonly port: number | null;
  /** `spec.controllerName` of the GatewayClass. */
  readonly controllerName: string | null;
  /** Names of the listeners that the route is attached to. */
  readonly listeners: readonly string[];
  readonly conditions: readonly Condition[];
}

/** `status.externalEndpoints[]` of a VirtualServer or VirtualServerRoute. */
export interface ExternalEndpoint {
  readonly ip: string | null;
  readonly hostname: string | null;
  /** `[80,443]`. */
  readonly ports: string;
}

/** The status of a kind of the controller of NGINX Inc., which has no conditions. */
export interface ReportedStatus {
  readonly state: 'Valid' | 'Warning' | 'Invalid';
  /** `AddedOrUpdated`, `AddedOrUpdatedWithWarning`, `Rejected`, `Ignored`, `NoVirtualServerFound`. */
  readonly reason: string;
  readonly message: string;
  /** The VirtualServer that hands paths to a VirtualServerRoute. */
  readonly referencedBy: string | null;
  /** Null for kinds without. */
  readonly externalEndpoints: readonly ExternalEndpoint[] | null;
}

/** The status that a controller would write, as the specification says it. */
export interface GatewayStatusResult {
  /** `HTTPRoute shop/web`. */
  readonly object: string;
  readonly conditions: readonly Condition[];
  /** Null for kinds without listeners. */
  readonly listeners: readonly ListenerStatus[] | null;
  /** Null for kinds without parents. */
  readonly parents: readonly ParentStatus[] | null;
  /** Null for kinds other than Gateway. */
  readonly attachedListenerSets: number | null;
  /** Null for kinds of the Gateway API, and where no controller serves the object. */
  readonly reported: ReportedStatus | null;
}
