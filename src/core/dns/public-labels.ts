/** Top-level domains that are popular enough for a namespace or service of that name to capture look-ups (coredns#5733, coredns#6161). */
export const PUBLIC_LABELS: ReadonlySet<string> = new Set('ai app cloud co com dev edu gov info io me net org tech xyz'.split(' '));
