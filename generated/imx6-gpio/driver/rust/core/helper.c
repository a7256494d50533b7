// SPDX-License-Identifier: GPL-2.0
/*
 * Part of regloom. The same in every driver for one kernel release: do not change it here.
 *
 * What the Rust side needs of macros and inline functions, and of subsystems without Rust.
 *
 * The functions are weak because several drivers may be built into one kernel: equal cores then
 * share them.
 */

#include <linux/capability.h>
#include <linux/clk.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/personality.h>
#include <linux/pm_runtime.h>
#include <linux/reset.h>
#include <linux/sched.h>

#include "../../regloom.h"
#include "helper.h"

/* The numbers of the ABI, which must never change. */
static_assert(sizeof(struct regloom_info) == 64);
static_assert(sizeof(struct regloom_window) == 24);

/* Claims a resource under the names of the device and of its node, as /proc/iomem shows it. */
int __weak regloom_claim(struct device *dev, const struct resource *resource, const char *node)
{
	u64 start = resource->start, size = resource_size(resource);
	const char *name = devm_kasprintf(dev, GFP_KERNEL, "%s %s", dev_name(dev), node);

	if (!name)
		return -ENOMEM;
	if (devm_request_mem_region(dev, start, size, name))
		return 0;
	dev_err(dev, "%#llx bytes at %#llx are in use\n", size, start);
	return -EBUSY;
}

static void regloom_suspend(void *dev)
{
	pm_runtime_put_sync(dev);
	pm_runtime_disable(dev);
}

/* Without this, a simple-pm-bus above the device stops its clocks when probing ends. */
int __weak regloom_resume(struct device *dev)
{
	int error;

	pm_runtime_enable(dev);
	error = pm_runtime_resume_and_get(dev);
	if (error < 0) {
		pm_runtime_disable(dev);
		return dev_err_probe(dev, error, "cannot be resumed\n");
	}
	return devm_add_action_or_reset(dev, regloom_suspend, dev);
}

int __weak regloom_start_clock(struct device *dev, const char *name)
{
	struct clk *clock = devm_clk_get_enabled(dev, name);

	if (IS_ERR(clock))
		return dev_err_probe(dev, PTR_ERR(clock), "cannot get the clock `%s`\n", name);
	return 0;
}

int __weak regloom_release_reset(struct device *dev, const char *name, bool exclusive)
{
	struct reset_control *reset;

	if (exclusive)
		reset = devm_reset_control_get_exclusive_deasserted(dev, name);
	else
		reset = devm_reset_control_get_shared_deasserted(dev, name);
	if (IS_ERR(reset))
		return dev_err_probe(dev, PTR_ERR(reset), "cannot get the reset `%s`\n", name);
	return 0;
}

/* The number that an alias gives to the device; negative where there is none. */
int __weak regloom_alias(const struct device *dev, const char *stem)
{
	return of_alias_get_id(dev->of_node, stem);
}

/* Whether a node states the number of its device. */
static bool regloom_is_numbered(struct device_node *node, const char *stem)
{
	return of_alias_get_id(node, stem) >= 0 || of_property_present(node, "regloom,instance");
}

/* Above all aliases, and above the blocks without a number that are located before `start`. */
int __weak regloom_first_number(const struct device *dev, const char *stem, phys_addr_t start)
{
	int number = max(of_alias_get_highest_id(stem) + 1, 0);
	struct device_node *node;
	struct resource resource;

	for_each_matching_node(node, dev->driver->of_match_table)
		if (of_device_is_available(node) && !regloom_is_numbered(node, stem) &&
		    !of_address_to_resource(node, 0, &resource) && resource.start < start)
			number++;
	return number;
}

void __weak regloom_disable_at_once(unsigned int irq)
{
	if (irq_get_trigger_type(irq) & IRQ_TYPE_LEVEL_MASK)
		irq_set_status_flags(irq, IRQ_DISABLE_UNLAZY);
}

unsigned long __weak regloom_jiffies(void)
{
	return jiffies;
}

bool __weak regloom_may_master(void)
{
	return capable(CAP_SYS_RAWIO);
}

unsigned int __weak regloom_minor(const struct inode *inode)
{
	return iminor(inode);
}

int __weak regloom_add_node(struct class *class, struct device *parent, unsigned int major,
			    unsigned int minor, const char *name)
{
	return PTR_ERR_OR_ZERO(device_create(class, parent, MKDEV(major, minor), NULL, "%s",
					     name));
}

void __weak regloom_remove_node(struct class *class, unsigned int major, unsigned int minor)
{
	device_destroy(class, MKDEV(major, minor));
}

void __weak regloom_signal(struct fasync_struct **files, bool gone)
{
	kill_fasync(files, SIGIO, gone ? POLL_HUP : POLL_IN);
}

/* Whether no task uses the address space any more, or ever will. */
bool __weak regloom_is_exiting(struct mm_struct *mm)
{
	return atomic_read(&mm->mm_users) == 0;
}

/* All pages are there from the start: a fault is an access after they were revoked. */
static vm_fault_t regloom_fault(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct regloom_vm_operations = {
	.fault = regloom_fault,
};

/* Enters all pages of a new area, which are not memory of the kernel's. */
int __weak regloom_map(struct vm_area_struct *vma, unsigned long pfn, bool write, bool memory)
{
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (!write) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	if (vma->vm_flags & VM_EXEC) {
		/* The kernel adds it to readable areas of a program with this personality. */
		if (!(current->personality & READ_IMPLIES_EXEC))
			return -EINVAL;
		vm_flags_clear(vma, VM_EXEC);
		vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	}
	vm_flags_clear(vma, VM_MAYEXEC);
	vma->vm_ops = &regloom_vm_operations;
	if (memory)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	else
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start, pfn, vma->vm_end - vma->vm_start,
				  vma->vm_page_prot);
}
