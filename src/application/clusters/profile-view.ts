import type { JsonObject } from '../../core/kernel/json.js';
import type { ObjectRef } from '../../core/kernel/object-ref.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ProfileSource } from '../../core/model/network-profile.js';
import { profileJson, valueAt } from '../../core/model/profile-settings.js';

/** Where one field of a network profile comes from. */
export interface ProfileFieldView {
  /** Dotted path: `cni.plugin`. */
  readonly field: string;
  readonly value: unknown;
  readonly provenance: ProfileSource['provenance'];
  readonly object: ObjectRef | null;
  readonly pointer: string | null;
  readonly why: string;
}

/** The network profile of a cluster at a revision: set by hand, detected or defaulted. */
export interface ProfileView {
  /** The revision it was detected in; 0 before the first import. */
  readonly revision: number;
  /** In the spelling in which a profile is set; null where nothing is known. */
  readonly values: JsonObject;
  /** Every field that has a value, by name. */
  readonly fields: readonly ProfileFieldView[];
}

/** The effective profile of a model, with the source of each field. */
export function profileView(model: NetworkModel, revision: number): ProfileView {
  const values = profileJson(model.profile);
  const fields = [...model.profileSources.values()].map(({ field, provenance, object, pointer, why }): ProfileFieldView => {
    return { field, value: valueAt(values, field) ?? null, provenance, object: object ?? null, pointer: pointer ?? null, why };
  });
  return { revision, values, fields };
}
