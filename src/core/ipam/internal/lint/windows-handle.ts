/** Addresses of blocks for Windows belong to nobody and are no leak (projectcalico/calico `libcalico-go/lib/ipam/ipam_block.go`). */
export const WINDOWS_HANDLE = 'windows-reserved-ipam-handle';
