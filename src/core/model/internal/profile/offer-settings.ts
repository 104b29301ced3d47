import { isJsonObject, type Json } from '../../../kernel/json.js';
import type { ProfileSettings } from '../../profile-settings.js';
import type { ProfileDraft } from './profile-draft.js';
import { PROFILE_FIELD_NAMES, PROFILE_FIELDS, type ProfileField, type ProfileKinds } from './profile-fields.js';

const SET = { provenance: 'set', why: 'set by a user' } as const;
const KINDS: ProfileKinds = PROFILE_FIELDS;

/** What a user has set goes before everything that is detected. The settings were checked when they were set; what does not fit is passed over. */
export function offerSettings(draft: ProfileDraft, settings: ProfileSettings): void {
  for (const field of PROFILE_FIELD_NAMES) offerOne(draft, field, KINDS[field], valueAtPath(settings, field));
}

function offerOne<F extends ProfileField>(draft: ProfileDraft, field: F, kind: ProfileKinds[F], json: Json | undefined): void {
  if (json !== undefined) draft.offer(field, kind.read(json), SET);
}

function valueAtPath(settings: ProfileSettings, path: string): Json | undefined {
  let value: Json | undefined = settings;
  for (const name of path.split('.')) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}
