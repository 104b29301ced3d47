import { sortedInSteps } from '../../../kernel/sorted-in-steps.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import { membersOf } from '../class-members.js';
import { providerAnnotations } from './provider-annotations.js';
import type { ProviderSettings } from './settings.js';

/** The Ingresses of a class that Traefik reads, the oldest first, of one age the last by name: the order in which they claim what they share. */
export interface Claimed {
  readonly all: readonly Ingress[];
  readonly regular: readonly Ingress[];
  readonly canaries: readonly Ingress[];
  /** Why Traefik passes over an Ingress as a whole. */
  readonly refused: ReadonlyMap<Ingress, string>;
}

/** So many Ingresses are looked at in one step. */
const STRETCH = 100;

/** `build` of `pkg/provider/kubernetes/ingress-nginx/build.go`: who takes part, in which order. */
export function* claimedIngresses(model: NetworkModel, className: string | undefined, settings: ProviderSettings): Steps<Claimed> {
  const all = membersOf(model, className, 'traefik-ingress-nginx');
  yield;
  const ordered = yield* sortedInSteps(all, (a, b) => age(a) - age(b) || (key(a) < key(b) ? 1 : -1));
  const refused = new Map<Ingress, string>();
  const [regular, canaries]: [Ingress[], Ingress[]] = [[], []];
  yield* forEachInSteps(ordered, STRETCH, (ingress) => {
    const why = refusal(ingress, settings);
    if (why === undefined) (providerAnnotations(ingress).flag('canary') === true ? canaries : regular).push(ingress);
    else refused.set(ingress, why);
  });
  return { all, regular, canaries, refused };
}

const age = ({ createdAt }: Ingress) => (createdAt === undefined ? 0 : Date.parse(createdAt) || 0);
const key = ({ namespace, ref }: Ingress) => `${namespace}/${ref.name}`;

/** `strictPathTypeRegexp` of `kubernetes.go`. */
const PLAIN_PATH = /^\/[A-Za-z0-9._\-/]*$/;

/** `validateIngress`. */
function refusal(ingress: Ingress, { allowSnippetAnnotations, strictValidatePathType }: ProviderSettings): string | undefined {
  const annotations = providerAnnotations(ingress);
  const snippet = ['server-snippet', 'configuration-snippet', 'auth-snippet'].find((name) => (annotations.text(name) ?? '') !== '');
  if (snippet !== undefined && !allowSnippetAnnotations)
    return `Traefik passes over an Ingress with \`${snippet}\`, which needs \`allowSnippetAnnotations\``;
  if (!strictValidatePathType) return undefined;
  const paths = ingress.rules.flatMap((rule) => rule.paths);
  const wrong = paths.find(({ path, pathType }) => path !== '' && pathType !== 'ImplementationSpecific' && !PLAIN_PATH.test(path));
  if (wrong === undefined) return undefined;
  return `Traefik passes over an Ingress where \`${wrong.path}\` of type ${wrong.pathType} is no plain path (\`strictValidatePathType\`, on unless it is turned off)`;
}
