import { z } from 'zod';
import { parseCidr } from '../../core/net/cidr.js';
import { parseIp } from '../../core/net/ip.js';

/** An address as text. */
export const addressText = z
  .string()
  .max(64)
  .transform((text, context) => {
    const ip = parseIp(text);
    if (ip) return ip;
    context.addIssue({ code: 'custom', message: `\`${text}\` is no IP address` });
    return z.NEVER;
  });

/** A prefix as text; bits of the host are cleared. */
export const cidrText = z
  .string()
  .max(64)
  .transform((text, context) => {
    const cidr = parseCidr(text);
    if (cidr) return cidr;
    context.addIssue({ code: 'custom', message: `\`${text}\` is no prefix such as \`10.0.0.0/8\`` });
    return z.NEVER;
  });
