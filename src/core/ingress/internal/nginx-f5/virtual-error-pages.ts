import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { VirtualErrorPage } from '../../../resources/virtual-server.js';
import type { Outcome } from '../dialect.js';
import { answered, redirected, type Source, unknown } from '../nginx/nginx-outcomes.js';
import { fill } from '../nginx/rewrite.js';
import type { Taken } from './f5-proxy.js';

/**
 * An outcome with the error page that takes its place, the first that names its code (`error_page` of nginx, which answers of the location itself come to as well; nginx/kubernetes-ingress
 * `generateErrorPages`, `generateErrorPageLocations`): clients are sent elsewhere, or get a text, with the code of the error where the page names none.
 */
export function withErrorPage(source: Source, pages: readonly VirtualErrorPage[], outcome: Outcome, { request, hostName }: Taken): Outcome {
  const { status } = outcome;
  const page = status === null ? undefined : pages.find(({ codes }) => codes.includes(status));
  if (status === null || !page) return outcome;
  const at = { ...source, pointer: page.pointer };
  const made = pageOf(at, page, status, fill(page.url ?? '', [], request, hostName));
  return { ...made, reached: { ...made.reached, steps: [...outcome.reached.steps, ...made.reached.steps.map(asPage)] } };
}

function pageOf(at: Source, { url, status: own, headers }: VirtualErrorPage, status: number, target: string | undefined): Outcome {
  if (url === undefined) {
    const answer = answered(at, own ?? status, `an error page stands for ${status}: ${own ?? status} with a text of its own`);
    return { ...answer, responseHeaders: headers.map(([name, value]) => ({ action: 'add', name, value }) as const) };
  }
  if (target === undefined) return unknown(at, 'VARIABLE_UNKNOWN', `\`${url}\` names a variable of nginx whose value is not known`);
  return redirected(at, own ?? 301, target, 'ERROR_PAGE', `an error page sends clients elsewhere that would get ${status}`);
}

const asPage = (step: EvidenceStep): EvidenceStep => ({ ...step, reason: step.reason === 'ROUTE_ANSWERS' ? 'ERROR_PAGE' : step.reason });
