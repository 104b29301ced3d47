/** When an object was made, in milliseconds; what was never in a cluster, or names no time, counts as youngest. */
export function ageOf({ createdAt }: { readonly createdAt: string | undefined }): number {
  const time = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
