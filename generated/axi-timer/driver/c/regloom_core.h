/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of regloom. The same in every driver: do not change it here.
 *
 * The tables by which a driver describes its register block. A list whose length is not stated ends
 * with an empty entry, and is NULL where it would have no other. Offsets are in bytes from the
 * start of the block.
 */
#ifndef REGLOOM_CORE_H
#define REGLOOM_CORE_H

#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/types.h>

#include "../regloom.h"

/* A list that is part of an entry. */
#define REGLOOM_LIST(type, ...)	((const struct regloom_ ## type[]){ __VA_ARGS__, {} })
#define REGLOOM_FIELDS(...)	REGLOOM_LIST(field, __VA_ARGS__)
#define REGLOOM_MOVES(...)	REGLOOM_LIST(move, __VA_ARGS__)
#define REGLOOM_PARTS(...)	REGLOOM_LIST(part, __VA_ARGS__)
#define REGLOOM_SOURCES(...)	REGLOOM_LIST(source, __VA_ARGS__)

/* A register of 8, 16 or 32 bits; of 0: there is none. */
struct regloom_port {
	unsigned long offset;
	u32 width;
};

/* What programs may map, with the flags of struct regloom_window. */
struct regloom_range {
	unsigned long offset, size;
	u32 flags;
};

/* Registers in neighbouring pages, which the driver maps for itself. */
struct regloom_span {
	unsigned long first, end;
};

/* A word of a larger number, and its lowest bit there. */
struct regloom_part {
	struct regloom_port port;
	u32 shift;
};

/* Some bits (1 to 64, from the lowest) of a register by which the hardware is recognised. */
struct regloom_identity {
	const char *what, *name;
	const struct regloom_part *parts;
	u32 low, bits;
	u64 value;
};

/* The bits of the mask, moved up by the shift, or down where it is negative. */
struct regloom_move {
	u32 mask;
	s8 shift;
};

/* A register that has bits for those of a status register, and where these are moved to. */
struct regloom_bits {
	struct regloom_port port;
	const struct regloom_move *moves;
};

/* Where events are let through: in a register that is changed and written back, or in a pair. */
struct regloom_enable {
	struct regloom_bits set;	/* the register; or that of a pair where a 1 sets */
	struct regloom_bits clear;	/* that of a pair where a 1 clears */
	struct regloom_bits read;	/* where the bits can be read */
	u32 kept, ones;			/* bits that are written as they were, and as 1 */
};

/* How events are acknowledged by a write. */
struct regloom_acknowledge {
	struct regloom_bits bits;
	u32 ones;			/* bits that a 1 clears */
	u32 zeros;			/* bits that a 0 clears, or that a 0 would change */
	u32 kept;			/* bits that are written back as they were read */
};

/* A status register: its bits of the line, and the events that these are for programs. */
struct regloom_source {
	struct regloom_port status;
	u32 bits;
	const struct regloom_move *reported;
	struct regloom_enable enable;
	struct regloom_acknowledge acknowledge;
};

/* A line falls silent when its events are acknowledged, by enable bits, or at the controller. */
enum regloom_silence { REGLOOM_ACKNOWLEDGED, REGLOOM_MASKED, REGLOOM_LINE };

/* A line that the block interrupts by. Without sources, only the line reports the interrupt. */
struct regloom_interrupt {
	const char *name;
	bool edge;			/* it reports by an edge, which is there once */
	bool shared;			/* the driver never takes the line from other devices */
	enum regloom_silence silence;
	u32 events, changeable;		/* all events, and those that have enable bits */
	u32 source_count;
	const struct regloom_source *sources;
};

/* A register of the interrupts: bits that REGLOOM_UPDATE changes; others that are written as 1. */
struct regloom_plain {
	struct regloom_port port;
	u32 kept, ones;
};

struct regloom_reset {
	const char *name;
	bool exclusive;			/* no other device has it */
};

struct regloom_field {
	const char *name;
	u8 high, low;
};

/* A register, or the first of an array, as debugfs shows it, or why it does not read it. */
struct regloom_register {
	const char *name;
	unsigned long offset;
	u32 width;			/* 8, 16, 32 or 64 bits */
	unsigned long count, stride;	/* of an array */
	const char *hidden;
	const struct regloom_field *fields;
};

/* One kind of register block. */
struct regloom_device {
	const char *name, *node;	/* of the driver; of the nodes, without their number */
	u32 index;			/* of the driver in its module */
	bool bus_master;		/* the block writes memory by itself */
	struct regloom_info info;	/* what is the same for all instances */
	u32 sources, span_count;	/* sources of all interrupts */
	const struct regloom_range *windows;
	const struct regloom_span *spans;
	const struct regloom_identity *identity;
	const struct regloom_interrupt *interrupts;
	const struct regloom_plain *plain;
	const char *const *clocks;
	const struct regloom_reset *resets;
	const struct regloom_register *registers;
};

/* Drivers may be built into one kernel: the functions of a core are named after its module. */
#define REGLOOM_JOIN(prefix, name)	prefix ## name
#define REGLOOM_NAME(prefix, name)	REGLOOM_JOIN(prefix, name)
#define regloom_core_init		REGLOOM_NAME(REGLOOM_PREFIX, core_init)
#define regloom_core_exit		REGLOOM_NAME(REGLOOM_PREFIX, core_exit)
#define regloom_core_probe		REGLOOM_NAME(REGLOOM_PREFIX, core_probe)

/* Registers device numbers and a class, before the module registers its drivers. */
int regloom_core_init(const char *class);
void regloom_core_exit(void);

/* Binds an instance, if the hardware is that of the tables. All ends by devres. */
int regloom_core_probe(struct platform_device *pdev, const struct regloom_device *device);

#endif
