import type { Note } from '../../kernel/answer.js';
import { didYouMean } from '../../kernel/did-you-mean.js';
import { firstFew } from '../../kernel/first-few.js';
import { inMap } from '../../kernel/in-map.js';
import type { ModelPod, ModelService, NetworkModel } from '../../model/network-model.js';

/** How many pods a warning names before it counts the rest. */
const NAMED = 3;

/**
 * The pods that a service which selects nothing comes nearest to, those that differ alike in one sentence. Where a label looks misspelled, pods that merely
 * belong to another application are not told.
 */
export function nearMissWarnings(model: NetworkModel, service: ModelService): readonly Note[] {
  const near = service.endpoints.candidates.filter(({ reason }) => reason === 'SELECTOR_NEAR_MISS');
  const misspelled = near.filter(({ pod }) => looksMisspelled(model.pods[pod], service));
  const groups = new Map<string, string[]>();
  for (const { pod, message } of misspelled.length > 0 ? misspelled : near) {
    const found = model.pods[pod];
    if (found) inMap(groups, message, (): string[] => []).push(`\`${found.namespace}/${found.name}\``);
  }
  return [...groups].map(([message, pods]) => ({ code: 'SELECTOR_NEAR_MISS', message: `${podsText(pods)}: ${message}` }));
}

function looksMisspelled(pod: ModelPod | undefined, { resource }: ModelService): boolean {
  return Object.entries(resource.selector ?? {}).some(([key, wanted]) => {
    const value = pod?.labels[key];
    return value !== undefined && value !== wanted && didYouMean(wanted, [value]) !== undefined;
  });
}

function podsText(pods: readonly string[]): string {
  return `pod${pods.length === 1 ? '' : 's'} ${firstFew(pods, NAMED)}`;
}
