import { hasErrorPage } from './client-check.js';
import type { Guard } from './client-certificates.js';
import type { Context } from './context.js';

/**
 * Errors whose pages the controller is set to have somebody else write, as far as a server knows of them: one that has an `error_page` of its own has none of those of the whole controller
 * (`ngx_http_core_merge_loc_conf`).
 */
export function generalStatuses({ options }: Pick<Context, 'options'>, guard: Guard | undefined): readonly number[] {
  return hasErrorPage(guard) ? [] : options.errorStatuses;
}
