import { type BackendReading, PLAIN_READING } from '../backend-reading.js';

/**
 * Servers of requests: every address of an endpoint that serves. One that terminates gets no new client (`Fenced`); one that is ready because its Service publishes pods that are not
 * (`publishNotReadyAddresses`) does not serve (`loadService` of `pkg/provider/kubernetes/ingress/kubernetes.go`, `loadServers` of `crd/kubernetes_http.go`).
 */
export const HTTP_READING: BackendReading = {
  ...PLAIN_READING,
  addressesOf: ({ ready, serving, terminating, addresses }) => ({ ready: ready && serving && !terminating, addresses }),
};

/** Servers of connections and packets: every address of an endpoint that is ready (`loadTCPServers`, `loadUDPServers`). */
export const STREAM_READING: BackendReading = { ...PLAIN_READING, addressesOf: ({ ready, addresses }) => ({ ready, addresses }) };
