import { hasOneReading, pathReadings, removeDotSegments } from '../path-readings.js';

/**
 * The ways in which Envoy Gateway may read a path: `.` and `..` are resolved, then slashes merged (envoyproxy/gateway `internal/xds/translator/listener.go`: `NormalizePath`, `MergeSlashes`). What
 * escapes stand for is left open: those of slashes are answered with a redirect, unless a ClientTrafficPolicy says otherwise.
 */
export function envoyPaths(path: string): readonly string[] {
  if (hasOneReading(path)) return [path];
  if (path.includes('%')) return pathReadings(path);
  return [removeDotSegments(path).replace(/\/{2,}/g, '/')];
}
