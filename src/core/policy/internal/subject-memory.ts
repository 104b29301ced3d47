import type { PolicyEndpoint } from './policy-endpoint.js';

/** What was found out about the endpoints of classes. Others are worked out each time: endpoints that a change is tried on are soon forgotten. */
export class SubjectMemory<T> {
  private readonly known = new Map<PolicyEndpoint, T | undefined>();

  /** From now on this endpoint is one to remember. */
  expect(endpoint: PolicyEndpoint): void {
    this.known.set(endpoint, undefined);
  }

  /** What is known of the endpoint, or is now worked out. */
  of(endpoint: PolicyEndpoint, work: () => T): T {
    const known = this.known.get(endpoint);
    if (known !== undefined) return known;
    const found = work();
    if (this.known.has(endpoint)) this.known.set(endpoint, found);
    return found;
  }
}
