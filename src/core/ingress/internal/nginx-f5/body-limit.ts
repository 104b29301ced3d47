import type { Note } from '../../../kernel/answer.js';

/** The limit of bodies, if one is told: of 0 bytes there is none (ngx_http_core_module, `client_max_body_size`). */
export function bodyLimit(size: string | undefined): readonly Note[] {
  if (size === undefined || /^0+[kmg]?$/i.test(size)) return [];
  return [
    { code: 'LIMIT_NOT_PLAYED', message: `\`client-max-body-size\` is taken not to act: bodies larger than ${size} are answered with 413` },
  ];
}
