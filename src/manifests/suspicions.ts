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
      BEYOND_NUMBERS.test(text),
  };
}

/** A number may be beyond all that JSON holds (1.8e308) where its exponent has three digits, or what stands before has two hundred, in whichever base. Runs are looked at from their first digit only. */
const BEYOND_NUMBERS = /[0-9._][eE]\+?[0-9_]{3,}(?:[,}\]\s]|$)|(?<![0-9a-fA-F_])[0-9a-fA-F_]{200}/;
