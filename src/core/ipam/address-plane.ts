/**
 * The planes of a cluster's addresses. Together with the cluster a plane is one address space: inside it an address has one owner. Pods of the host network have their
 * node's address and take nothing from `pod`.
 */
export const ADDRESS_PLANES = ['pod', 'service', 'node', 'lb', 'external'] as const;

/** `lb`: load balancers; `external`: everything else that teams hand out addresses for. */
export type AddressPlane = (typeof ADDRESS_PLANES)[number];
