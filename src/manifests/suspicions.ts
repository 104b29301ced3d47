/** What a text may hold that the objects made of it have to be searched for. */
export interface Suspicions {
  /** `{{`: perhaps a template. */
  readonly template: boolean;
  /** A private key in PEM, plain or in base64. */
  readonly privateKey: boolean;
  /** A Secret, perhaps inside another object. */
  readonly secret: boolean;
  /** Text or numbers that JSON or the database cannot hold. */
  readonly unstorable: boolean;
}

/** Looks at the text of a document once, so that an ordinary object need not be walked through at all. Errs towards suspicion. */
export function suspicionsOf(text: string): Suspicions {
  return {
    template: text.includes('{{'),
    privateKey: text.includes('PRIVATE KEY-----') || text.includes('LS0tLS1CRUdJTi'),
    secret: /kind["']?\s*:\s*["']?Secret\b/.test(text),
    unstorable:
      text.includes('\0') ||
      /\\(?:0|x00|u0000|U00000000|u[dD][89a-fA-F])/.test(text) ||
      /\.(?:inf|nan)\b/i.test(text) ||
      /[0-9][eE]\+?[0-9]{3,}[,}\]\s]/.test(text),
  };
}
