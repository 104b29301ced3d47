/** What the specification leaves open, each with the sentence that does. */
export const GAPS = {
  PATH_CONFLICT: 'several paths rank first, and the specification names no winner: conflicts between Ingresses are left to the controller',
  PATH_TYPE_UNSPECIFIED:
    'a path of type ImplementationSpecific comes into question: whether it matches and which path is preferred is up to the class (KEP-1453, "Path matching semantics")',
  HOST_FALLTHROUGH_UNSPECIFIED:
    'no path of the most specific host matches, one of a wider host does: the specification does not say whether a request falls through to it',
  DEFAULT_BACKEND_CONFLICT:
    'it is up to the controller to resolve conflicts between the default backends of several Ingresses (KEP-1453, "backend to defaultBackend")',
  PATH_NORMALISATION_UNSPECIFIED:
    'the specification does not say whether a path is normalised (percent-encodings, `//`, dot segments) before it is compared',
  CLASS_AMBIGUOUS: 'several classes serve this host, each at addresses of its own: say which one with `class`',
} as const;

/** A gap of the specification that admits more than one outcome. */
export type GapCode = keyof typeof GAPS;
