/** Response codes (RFC 1035 section 4.1.1); BADVERS needs the upper bits that an OPT record carries (RFC 6891 section 9). */
export const RESPONSE_CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;

/** What a response says of its question as a whole. */
export type ResponseCode = keyof typeof RESPONSE_CODES;
