import type { SetResult } from './set-result.js';

/** The least number of passed cases of each set. The file in the tree only ever rises. */
export type Floors = Readonly<Record<string, number>>;

/** What fell below its floor. A set that has a floor and did not run at all has fallen too, unless only some sets were asked for. */
export function belowFloor(floors: Floors, results: readonly SetResult[], complete: boolean): readonly string[] {
  const passed = new Map(results.map((result) => [result.set, result.passed]));
  return Object.entries(floors)
    .filter(([set, floor]) => (passed.has(set) || complete) && (passed.get(set) ?? 0) < floor)
    .map(([set, floor]) => `${set}: ${passed.get(set) ?? 'did not run'}, floor ${floor}`);
}
