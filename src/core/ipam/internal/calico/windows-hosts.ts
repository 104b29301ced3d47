import type { IpFamily } from '../../../net/ip.js';
import type { Labels } from '../../../resources/resource.js';

/** Under this handle a Windows host keeps addresses of its blocks; they are nobody's, and no leak (projectcalico/calico `libcalico-go/lib/ipam/ipam_block.go`, WindowsReservedHandle). */
export const WINDOWS_HANDLE = 'windows-reserved-ipam-handle';

/** Whether a handle is that one, whatever the case of its letters: names of IPAMHandles are in small ones (`libcalico-go/lib/ipam/accounting/allocation.go`, IsWindowsHandle). */
export function isWindowsHandle(handle: string | null | undefined): boolean {
  return handle?.toLowerCase() === WINDOWS_HANDLE;
}

/** Addresses that a host keeps for itself at the ends of each block that it claims. */
export interface HostReserve {
  readonly start: number;
  readonly end: number;
}

export const NO_RESERVE: HostReserve = { start: 0, end: 0 };
/** projectcalico/calico `cni-plugin/pkg/ipamplugin/ipam_plugin.go`, HostReservedAttrIPv4s: of IPv4 alone. */
const WINDOWS_RESERVE: HostReserve = { start: 3, end: 1 };

/** "global strict affinity should not be false for Windows node": such a node can neither borrow nor lend single addresses (`ipam.go`, GetIPAMConfig). */
export const WINDOWS_NEEDS_STRICT_AFFINITY = {
  code: 'STRICT_AFFINITY',
  message: 'global strict affinity should not be false for Windows node',
} as const;

/** Whether labels are those of a node with Windows; kubelet writes the label. */
export function isWindows(labels: Labels | undefined): boolean {
  return labels?.['kubernetes.io/os'] === 'windows';
}

/** What Calico's plugin has a node keep of its blocks. */
export function reserveOf(labels: Labels | undefined, family: IpFamily): HostReserve {
  return family === 4 && isWindows(labels) ? WINDOWS_RESERVE : NO_RESERVE;
}

/** The ordinals of a block that its host keeps. */
export function keptOrdinals({ start, end }: HostReserve, size: number): readonly number[] {
  return Array.from({ length: size }, (_, ordinal) => ordinal).filter((ordinal) => ordinal < start || ordinal >= size - end);
}
