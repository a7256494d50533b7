/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The interface of the nodes that regloom's drivers create. It is the same for all of them.
 *
 * mmap   maps whole pages of one window, at the offset that REGLOOM_INFO reports.
 * read   of 4 bytes waits for an interrupt and returns its count; of 8 bytes also its events.
 * write  of 4 bytes with 1 enables what the driver masked, with 0 masks the interrupt.
 */
#ifndef _UAPI_REGLOOM_H
#define _UAPI_REGLOOM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define REGLOOM_ABI	2

/**
 * struct regloom_info - what a node is
 * @argsz: in: bytes of this structure and the windows that there is room for; out: bytes of all
 * @abi: REGLOOM_ABI; larger only if a change would break programs
 * @hash: hash of the register map
 * @base: physical address of the block
 * @size: bytes of the block
 * @version: major, minor and patch of the map's version; zeros where it has none
 * @before: bytes of the first page before the block
 * @interrupts: number of interrupts
 * @windows: number of windows
 * @windows_at: bytes from the start of this structure to the first window
 * @window_size: bytes of one window
 */
struct regloom_info {
	__u32 argsz;
	__u32 abi;
	__u64 hash;
	__u64 base;
	__u64 size;
	__u32 version[3];
	__u32 before;
	__u32 interrupts;
	__u32 windows;
	__u32 windows_at;
	__u32 window_size;
};

#define REGLOOM_WINDOW_WRITE	0x1
#define REGLOOM_WINDOW_MEMORY	0x2

/**
 * struct regloom_window - what a program can map
 * @offset: for mmap
 * @size: bytes, whole pages
 * @flags: REGLOOM_WINDOW_WRITE: may be written; REGLOOM_WINDOW_MEMORY: mapped write-combining
 * @reserved: 0
 */
struct regloom_window {
	__u64 offset;
	__u64 size;
	__u32 flags;
	__u32 reserved;
};

/* Fills in struct regloom_info, and behind it the windows that there is room for. */
#define REGLOOM_INFO	_IOWR(0xd5, 0, struct regloom_info)

/* Selects the file's interrupt by its index; the default is 0. */
#define REGLOOM_SELECT	_IO(0xd5, 1)

/* Sets or clears the enable bits of events of the file's interrupt, under the driver's lock. */
#define REGLOOM_ENABLE	_IOW(0xd5, 2, __u32)
#define REGLOOM_DISABLE	_IOW(0xd5, 3, __u32)

/**
 * struct regloom_update - plain bits of a register that the driver writes too
 * @offset: bytes from the start of the block
 * @clear: bits to clear
 * @set: bits to set, after that
 * @value: out: the register as it was read before
 */
struct regloom_update {
	__u32 offset;
	__u32 clear;
	__u32 set;
	__u32 value;
};

/*
 * Reads the register and, unless clear and set are 0, writes it back with these bits changed, under
 * the driver's lock. Bits that act on a write do not act. EINVAL: the driver does not write such a
 * register, no window lets programs write it, or one of the bits does not keep what is written.
 */
#define REGLOOM_UPDATE	_IOWR(0xd5, 4, struct regloom_update)

#endif /* _UAPI_REGLOOM_H */
