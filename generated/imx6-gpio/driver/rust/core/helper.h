/* SPDX-License-Identifier: GPL-2.0 */
/* Part of regloom. The same in every driver for one kernel release: do not change it here. */
#ifndef REGLOOM_HELPER_H
#define REGLOOM_HELPER_H

#include <linux/types.h>

struct class;
struct device;
struct fasync_struct;
struct inode;
struct mm_struct;
struct resource;
struct vm_area_struct;

/* These end when the device is unbound. */
int regloom_claim(struct device *dev, const struct resource *resource, const char *node);
int regloom_resume(struct device *dev);
int regloom_start_clock(struct device *dev, const char *name);
int regloom_release_reset(struct device *dev, const char *name, bool exclusive);

int regloom_alias(const struct device *dev, const char *stem);
int regloom_first_number(const struct device *dev, const char *stem, phys_addr_t start);

void regloom_disable_at_once(unsigned int irq);
unsigned long regloom_jiffies(void);
bool regloom_may_master(void);

unsigned int regloom_minor(const struct inode *inode);
int regloom_add_node(struct class *class, struct device *parent, unsigned int major,
		     unsigned int minor, const char *name);
void regloom_remove_node(struct class *class, unsigned int major, unsigned int minor);
void regloom_signal(struct fasync_struct **files, bool gone);

bool regloom_is_exiting(struct mm_struct *mm);
int regloom_map(struct vm_area_struct *vma, unsigned long pfn, bool write, bool memory);

#endif
