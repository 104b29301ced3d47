/** The transport protocols Kubernetes' own APIs know. */
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** All of them, in alphabetical order. */
export const PROTOCOLS: readonly Protocol[] = ['SCTP', 'TCP', 'UDP'];

/** Reads a protocol whatever its case; undefined when it is none of the three. */
export function parseProtocol(text: string): Protocol | undefined {
  const upper = text.toUpperCase();
  return PROTOCOLS.find((protocol) => protocol === upper);
}
