import type { OwnerReference, Resource } from '../../core/resources/resource.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadRevision } from '../models/read-revision.js';

type Objects = ReadRevision['objects'];

/** Which objects belong to which others (`metadata.ownerReferences`). An object is named by its place here, `/Deployment/shop/web`: references of old dumps have no group. */
export class OwnedObjects {
  private readonly byOwner = new Map<string, string[]>();
  /** How many owners each object has. */
  private readonly owners = new Map<string, number>();
  private readonly told = new Set<string>();

  private constructor(private readonly pace: Pace) {}

  static async of(objects: Objects, pace: Pace): Promise<OwnedObjects> {
    const owned = new OwnedObjects(pace);
    for (const [key, { resource }] of objects) {
      if (resource && resource.owners.length > 0) owned.add(key, new Set(ownersOf(resource, objects)));
      if (pace.isDue) await pace.rest();
    }
    return owned;
  }

  /**
   * What goes with objects that go: the garbage collector deletes what has owners and none of them left (kubernetes/pkg/controller/garbagecollector, `attemptToDeleteItem`), and kubectl lets it do so in the
   * background. An owner that is not stored may be there all the same.
   */
  async withDependents(roots: Iterable<string>): Promise<Set<string>> {
    const keys = new Set<string>();
    const left = new Map<string, number>();
    const open = [...roots];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (keys.has(key)) continue;
      keys.add(key);
      for (const child of this.byOwner.get(placeOfKey(key)) ?? []) {
        const others = (left.get(child) ?? this.owners.get(child) ?? 0) - 1;
        left.set(child, others);
        if (others === 0) open.push(child);
      }
      if (this.pace.isDue) await this.pace.rest();
    }
    return keys;
  }

  /** The keys of all that belongs to an object, but for what was told of another one before: nothing is looked at twice. */
  below(key: string): readonly string[] {
    const keys: string[] = [];
    const open = [key];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      for (const child of this.byOwner.get(placeOfKey(one)) ?? []) {
        if (this.told.has(child)) continue;
        this.told.add(child);
        keys.push(child);
        open.push(child);
      }
    }
    return keys;
  }

  private add(key: string, owners: ReadonlySet<string>): void {
    this.owners.set(key, owners.size);
    for (const owner of owners) {
      const children = this.byOwner.get(owner);
      if (children) children.push(key);
      else this.byOwner.set(owner, [key]);
    }
  }
}

function placeOfKey(key: string): string {
  return key.slice(key.indexOf('/'));
}

/** Owners that are no part of a namespace. */
const GLOBAL: ReadonlySet<string> = new Set(['Node', 'Namespace']);

function ownersOf(resource: Resource, objects: Objects): readonly string[] {
  const namespace = resource.ref.namespace ?? '';
  return resource.owners.map((owner) => {
    const deployment = owner.kind === 'ReplicaSet' ? deploymentOf(owner, resource) : undefined;
    // A ReplicaSet that is not stored is that of the Deployment it is named after.
    if (deployment !== undefined && !objects.has(`apps/ReplicaSet/${namespace}/${owner.name}`))
      return `/Deployment/${namespace}/${deployment}`;
    return `/${owner.kind}/${GLOBAL.has(owner.kind) ? '' : namespace}/${owner.name}`;
  });
}

function deploymentOf({ name }: OwnerReference, { labels }: Resource): string | undefined {
  const end = `-${labels['pod-template-hash'] ?? ''}`;
  return end.length > 1 && name.endsWith(end) ? name.slice(0, -end.length) : undefined;
}
