import type { CalicoHostEndpoint } from '../../../resources/calico-host-endpoint.js';

/** What is said of a host endpoint that there could be. */
export type HostParts = Pick<CalicoHostEndpoint, 'interfaceName' | 'labels'> & { readonly node: string } & Partial<
    Pick<CalicoHostEndpoint, 'expectedIPs' | 'profiles' | 'ports'>
  >;

/** The host endpoint, with nothing else in it. */
export function possibleHost(parts: HostParts): CalicoHostEndpoint & { readonly node: string } {
  const name = `${parts.node} ${parts.interfaceName ?? ''}`;
  return {
    kind: 'HostEndpoint',
    ref: { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', name },
    annotations: {},
    createdAt: undefined,
    owners: [],
    defaulted: [],
    expectedIPs: [],
    profiles: [],
    ports: [],
    ...parts,
  };
}
