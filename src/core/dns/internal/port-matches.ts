/** A missing port or protocol in the question matches any (coredns `plugin/kubernetes` matchPortAndProtocol). The question is in lower case. */
export function portMatches(asked: { readonly port: string; readonly protocol: string }, name: string, protocol: string): boolean {
  return (asked.port === '' || asked.port === name.toLowerCase()) && (asked.protocol === '' || asked.protocol === protocol.toLowerCase());
}
