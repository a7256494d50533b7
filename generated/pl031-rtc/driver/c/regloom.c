// SPDX-License-Identifier: GPL-2.0
/*
 * Part of regloom. The same in every driver: do not change it here.
 *
 * The part of a driver that does not depend on its register block. It binds an instance: compares
 * the hardware with the tables, handles the interrupts, and makes the node under /dev through
 * which programs map the registers. regloom.h is the interface of the node.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/clk.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/personality.h>
#include <linux/pm_runtime.h>
#include <linux/poll.h>
#include <linux/property.h>
#include <linux/reset.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "regloom_core.h"

/* Kbuild looks for it: vendors have brought it to kernels that were released without. */
#ifndef REGLOOM_HAVE_VM_FLAGS_CLEAR
#define vm_flags_clear(vma, flags)	((vma)->vm_flags &= ~(flags))
#endif

/* Newer kernels have it, which gives the type too. */
#ifndef kzalloc_obj
#define kzalloc_obj(object)		kzalloc(sizeof(object), GFP_KERNEL)
#endif

/* The numbers of the ABI, which must never change. */
static_assert(sizeof(struct regloom_info) == 64);
static_assert(sizeof(struct regloom_window) == 24);

/* How often a handler looks for events before it masks what is still pending. */
#define REGLOOM_LOOKS		16
/* So many interrupts that no program reads are masked, without so many jiffies of quiet. */
#define REGLOOM_CEILING		100000
#define REGLOOM_QUIET		2
/* A minor number is made of the index of a driver in its module and the number of an instance. */
#define REGLOOM_NUMBER_BITS	12
#define REGLOOM_LAST_NUMBER	((1 << REGLOOM_NUMBER_BITS) - 1)
#define REGLOOM_MINORS		BIT(MINORBITS)

/* What is masked of a source, in its status bits. */
struct regloom_mask {
	const struct regloom_source *source;
	u32 masked;		/* cleared by the driver, until a program enables the interrupt */
	u32 remembered;		/* enabled by a program or once masked, in case that changes race */
	u32 held;		/* of masked: until a program reads */
	u32 off;		/* cleared by a program */
	u32 seen;		/* pending in the current interrupt */
	u32 written;		/* last value of an enable register that cannot be read */
};

/* A line, and what has happened on it. */
struct regloom_line {
	struct regloom_block *block;
	const struct regloom_interrupt *table;
	struct regloom_mask *masks, *end;
	int irq;
	u32 count;		/* how often it occurred */
	u32 events;		/* those that no program has read yet */
	u32 unread;		/* interrupts since a program read or there was quiet */
	unsigned long last;	/* the jiffy of the last interrupt */
	bool disabled;		/* at the interrupt controller, by the driver */
	bool held;		/* disabled until a program reads */
	bool warned;
};

/* A program that has mapped registers. */
struct regloom_program {
	struct list_head node;
	struct mm_struct *mm;
};

/* An instance. Open files keep it after the device is unbound, but nothing of the device. */
struct regloom_block {
	struct kref ref;
	const struct regloom_device *device;
	char *name;			/* of the node */
	int minor;
	struct regloom_info info;
	struct regloom_window *windows;
	void __iomem **spans;
	struct dentry *shown;
	struct mutex access;		/* for the next three, and for making mappings */
	bool closed;			/* no program can map any more */
	struct list_head programs;
	struct list_head files;
	spinlock_t lock;		/* one for all lines, which may share registers */
	bool gone;			/* the device is unbound */
	wait_queue_head_t waiters;
	struct fasync_struct *signals;
	struct regloom_mask *masks;	/* of all lines */
	struct regloom_line lines[];
};

/* An open file. */
struct regloom_file {
	struct list_head node;
	struct regloom_block *block;
	struct address_space *space;	/* of the inode, where its mappings are found */
	struct regloom_line *line;
	u32 count;			/* of the line, as the file last read it */
};

static unsigned int regloom_major;
static struct class regloom_class;
/* The blocks by their minors. One that is taken and has no node has no block. */
static DEFINE_XARRAY_ALLOC(regloom_blocks);

static void regloom_free(struct kref *ref)
{
	struct regloom_block *block = container_of(ref, struct regloom_block, ref);

	kfree(block->windows);
	kfree(block->masks);
	kfree(block->name);
	kfree(block);
}

/* Where a register is mapped. All registers of the tables are. */
static void __iomem *regloom_address(struct regloom_block *block, unsigned long offset)
{
	const struct regloom_span *span = block->device->spans;

	while (offset >= span->end)
		span++;
	return block->spans[span - block->device->spans] + (offset - span->first);
}

static u32 regloom_load(struct regloom_block *block, struct regloom_port port)
{
	void __iomem *at = regloom_address(block, port.offset);

	if (port.width == 8)
		return readb(at);
	return port.width == 16 ? readw(at) : readl(at);
}

static void regloom_store(struct regloom_block *block, struct regloom_port port, u32 value)
{
	void __iomem *at = regloom_address(block, port.offset);

	if (port.width == 8)
		writeb(value, at);
	else if (port.width == 16)
		writew(value, at);
	else
		writel(value, at);
}

static bool regloom_same(struct regloom_port a, struct regloom_port b)
{
	return a.offset == b.offset && a.width == b.width;
}

/* No bit is moved out of a word, so that to rotate is to shift. */
static u32 regloom_moved(const struct regloom_move *moves, u32 bits)
{
	u32 all = 0;

	for (; moves->mask; moves++)
		all |= rol32(bits & moves->mask, moves->shift & 31);
	return all;
}

static u32 regloom_moved_back(const struct regloom_move *moves, u32 bits)
{
	u32 all = 0;

	for (; moves->mask; moves++)
		all |= ror32(bits, moves->shift & 31) & moves->mask;
	return all;
}

/* All functions that get a line or a mask are called with the block's lock held. */

static void regloom_wake(struct regloom_block *block, int band)
{
	wake_up_all(&block->waiters);
	kill_fasync(&block->signals, SIGIO, band);
}

/* Whether there are enable bits. */
static bool regloom_is_maskable(struct regloom_mask *mask)
{
	return mask->source->enable.set.port.width;
}

/* The status bits that are let through. */
static u32 regloom_enabled(struct regloom_line *line, struct regloom_mask *mask)
{
	const struct regloom_bits *read = &mask->source->enable.read;
	u32 enabled = ~(mask->masked | mask->off);

	if (read->port.width)
		enabled = regloom_moved_back(read->moves, regloom_load(line->block, read->port));
	else if (!regloom_is_maskable(mask))
		enabled = U32_MAX;
	return enabled & mask->source->bits;
}

/* Sets or clears enable bits. */
static void regloom_set_enabled(struct regloom_line *line, struct regloom_mask *mask, u32 status,
				bool on)
{
	const struct regloom_enable *enable = &mask->source->enable;
	struct regloom_mask *first = line->block->masks;
	bool is_pair = enable->clear.port.width;
	const struct regloom_bits *bits = is_pair && !on ? &enable->clear : &enable->set;
	u32 old, change = regloom_moved(bits->moves, status), target = on ? change : 0;

	if (is_pair) {
		regloom_store(line->block, bits->port, change);
		return;
	}
	/* The first source of a register that cannot be read has its value for all. */
	while (!regloom_same(first->source->enable.set.port, bits->port))
		first++;
	old = enable->read.port.width ? regloom_load(line->block, bits->port) : first->written;
	if (enable->read.port.width && (old & change) == target)
		return;
	first->written = (old & enable->kept & ~change) | target | enable->ones;
	regloom_store(line->block, bits->port, first->written);
}

/* Clears enable bits, if there are any. */
static void regloom_mask_bits(struct regloom_line *line, struct regloom_mask *mask, u32 status)
{
	if (!status || !regloom_is_maskable(mask))
		return;
	regloom_set_enabled(line, mask, status, false);
	mask->masked |= status;
	mask->remembered |= status;
}

/* A program has set or cleared enable bits. */
static void regloom_choose(struct regloom_mask *mask, u32 status, bool on)
{
	mask->masked &= ~status;
	mask->held &= ~status;
	mask->remembered = on ? mask->remembered | status : mask->remembered & ~status;
	mask->off = on ? mask->off & ~status : mask->off | status;
}

/* Acknowledges the pending of the bits in a status. */
static void regloom_acknowledge(struct regloom_line *line, struct regloom_mask *mask, u32 status,
				u32 pending)
{
	const struct regloom_acknowledge *by = &mask->source->acknowledge;

	if (!by->bits.port.width)
		return;
	pending = regloom_moved(by->bits.moves, pending);
	regloom_store(line->block, by->bits.port,
		      (pending & by->ones) | (~pending & by->zeros) | (status & by->kept));
}

static void regloom_disable_line(struct regloom_line *line)
{
	if (!line->disabled)
		disable_irq_nosync(line->irq);
	line->disabled = true;
}

/*
 * Reads the status once, acknowledges what is pending, or masks it in the last look, and reports
 * it; returns whether there was something.
 */
static bool regloom_look(struct regloom_line *line, bool last)
{
	bool whole_line = line->table->silence == REGLOOM_LINE;
	bool any = line->masks == line->end;
	struct regloom_port read = {};
	struct regloom_mask *mask;
	u32 found, status = 0;

	line->events |= any;
	for (mask = line->masks; mask < line->end; mask++) {
		found = regloom_enabled(line, mask);
		/* A read may clear it: sources that follow each other and share it read it once. */
		if (!regloom_same(read, mask->source->status))
			status = regloom_load(line->block, mask->source->status);
		read = mask->source->status;
		found &= status;
		if (!found)
			continue;
		if (!last)
			regloom_acknowledge(line, mask, status, found);
		if (last || line->table->silence == REGLOOM_MASKED)
			regloom_mask_bits(line, mask, found);
		whole_line |= last && !regloom_is_maskable(mask);
		mask->seen |= found;
		line->events |= regloom_moved(mask->source->reported, found);
		any = true;
	}
	if (any && whole_line)
		regloom_disable_line(line);
	line->count += any;
	return any;
}

/* Masks what is let through, or, until a program reads, what was seen. */
static void regloom_mask_line(struct regloom_line *line, bool until_read)
{
	bool whole_line = line->masks == line->end;
	struct regloom_mask *mask;
	u32 status;

	for (mask = line->masks; mask < line->end; mask++) {
		status = until_read ? mask->seen : regloom_enabled(line, mask);
		whole_line |= status && !regloom_is_maskable(mask);
		regloom_mask_bits(line, mask, status);
		mask->held = until_read ? mask->held | status : 0;
	}
	if (!whole_line)
		return;
	line->held = until_read;
	regloom_disable_line(line);
}

/* Handles an interrupt; returns whether it was of this line. */
static bool regloom_handle(struct regloom_line *line)
{
	int looks = 0, limit = line->masks == line->end ? 1 : REGLOOM_LOOKS;
	u32 before = line->count;
	struct regloom_mask *mask;
	const char *why = NULL;

	for (mask = line->masks; mask < line->end; mask++)
		mask->seen = 0;
	while (looks < limit && !line->disabled && regloom_look(line, false))
		looks++;
	if (!looks)
		return false;
	if (jiffies - line->last >= REGLOOM_QUIET)
		line->unread = 0;
	if (looks == REGLOOM_LOOKS && regloom_look(line, true)) {
		/* It was one interrupt, which was seen again and again. */
		line->count = before + 1;
		why = "to acknowledge it does not clear it";
	} else if (++line->unread >= REGLOOM_CEILING &&
		   line->table->silence == REGLOOM_ACKNOWLEDGED) {
		regloom_mask_line(line, true);
		why = "no program reads it";
	}
	line->last = jiffies;
	/* By the name of the node: open files keep the block, but may not keep the device. */
	if (why && !line->warned) {
		pr_warn("%s: interrupt `%s` is masked until a program enables it: %s\n",
			line->block->name, line->table->name, why);
		line->warned = true;
	}
	regloom_wake(line->block, POLL_IN);
	return true;
}

/* Undoes regloom_disable_line(). An edge that came meanwhile is not reported again. */
static void regloom_enable_line(struct regloom_line *line)
{
	line->held = false;
	if (!line->disabled)
		return;
	line->disabled = false;
	enable_irq(line->irq);
	if (line->table->edge && line->masks < line->end)
		regloom_handle(line);
}

/* Lets through what was masked, or only what was until a program reads. */
static void regloom_unmask_line(struct regloom_line *line, bool reads)
{
	struct regloom_mask *mask;
	u32 missing;

	line->unread = 0;
	for (mask = line->masks; mask < line->end; mask++) {
		if (reads)
			missing = mask->held;
		else if (mask->source->enable.read.port.width)
			missing = mask->remembered & ~regloom_enabled(line, mask);
		else
			missing = mask->masked;
		if (missing && regloom_is_maskable(mask))
			regloom_set_enabled(line, mask, missing, true);
		mask->masked &= reads ? ~mask->held : 0;
		mask->held = 0;
	}
	if (!reads || line->held)
		regloom_enable_line(line);
}

/* Clears the enable bits, and discards earlier events and what was masked. */
static void regloom_quieten(struct regloom_line *line)
{
	const struct regloom_source *source;
	struct regloom_mask *mask;
	u32 status;

	for (mask = line->masks; mask < line->end; mask++) {
		source = mask->source;
		if (regloom_is_maskable(mask))
			regloom_set_enabled(line, mask, source->bits, false);
		status = regloom_load(line->block, source->status);
		regloom_acknowledge(line, mask, status, status & source->bits);
		*mask = (struct regloom_mask){ .source = source, .written = mask->written };
	}
	line->events = 0;
	line->unread = 0;
}

/* Sets or clears the enable bits of events. */
static int regloom_set_events(struct regloom_line *line, u32 events, bool on)
{
	struct regloom_mask *mask;
	u32 status;

	if (line->table->changeable && events & ~line->table->events)
		return -EINVAL;
	if (!line->table->changeable || events & ~line->table->changeable)
		return -EOPNOTSUPP;
	for (mask = line->masks; mask < line->end; mask++) {
		status = regloom_moved_back(mask->source->reported, events) & mask->source->bits;
		if (!status || !regloom_is_maskable(mask))
			continue;
		regloom_set_enabled(line, mask, status, on);
		regloom_choose(mask, status, on);
	}
	return 0;
}

/* Changes plain bits of a register that the driver writes too, of whichever line it is. */
static int regloom_update(struct regloom_block *block, struct regloom_update *update)
{
	const struct regloom_plain *plain = block->device->plain;
	u32 clear = update->clear & ~update->set, set = update->set;
	struct regloom_mask *mask = block->masks;
	const struct regloom_bits *bits;

	while (plain && plain->kept && plain->port.offset != update->offset)
		plain++;
	if (!plain || (update->clear | set) & ~plain->kept || !plain->kept)
		return -EINVAL;
	update->value = regloom_load(block, plain->port);
	if (clear | set)
		regloom_store(block, plain->port,
			      (update->value & plain->kept & ~clear) | set | plain->ones);
	for (; mask < block->masks + block->device->sources; mask++) {
		bits = &mask->source->enable.set;
		if (!regloom_same(bits->port, plain->port) || mask->source->enable.clear.port.width)
			continue;
		regloom_choose(mask, regloom_moved_back(bits->moves, clear) & mask->source->bits,
			       false);
		regloom_choose(mask, regloom_moved_back(bits->moves, set) & mask->source->bits,
			       true);
	}
	return 0;
}

static irqreturn_t regloom_irq(int irq, void *data)
{
	struct regloom_line *line = data;
	unsigned long flags;
	bool handled;

	spin_lock_irqsave(&line->block->lock, flags);
	handled = regloom_handle(line);
	spin_unlock_irqrestore(&line->block->lock, flags);
	return IRQ_RETVAL(handled);
}

/* Forgets programs that cannot map any more, or all. */
static void regloom_forget_programs(struct list_head *programs, bool all)
{
	struct regloom_program *program, *next;

	list_for_each_entry_safe(program, next, programs, node) {
		if (!all && atomic_read(&program->mm->mm_users))
			continue;
		list_del(&program->node);
		mmdrop(program->mm);
		kfree(program);
	}
}

/* Notes a program that maps registers. */
static int regloom_note_program(struct regloom_block *block, struct mm_struct *mm)
{
	struct regloom_program *program;

	regloom_forget_programs(&block->programs, false);
	list_for_each_entry(program, &block->programs, node)
		if (program->mm == mm)
			return 0;
	program = kzalloc_obj(*program);
	if (!program)
		return -ENOMEM;
	mmgrab(mm);
	program->mm = mm;
	list_add(&program->node, &block->programs);
	return 0;
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
static int regloom_enter_pages(struct vm_area_struct *vma, unsigned long pfn, u32 flags)
{
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (!(flags & REGLOOM_WINDOW_WRITE)) {
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
	if (flags & REGLOOM_WINDOW_MEMORY)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	else
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start, pfn, vma->vm_end - vma->vm_start,
				  vma->vm_page_prot);
}

static int regloom_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct regloom_file *opened = file->private_data;
	struct regloom_block *block = opened->block;
	struct regloom_window *window = block->windows, *end = window + block->info.windows;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT, size = vma->vm_end - vma->vm_start;
	int error = -ENODEV;

	while (window < end && (offset < window->offset || size > window->size ||
				offset - window->offset > window->size - size))
		window++;
	mutex_lock(&block->access);
	if (!block->closed)
		error = window < end ? regloom_note_program(block, vma->vm_mm) : -EINVAL;
	if (!error)
		error = regloom_enter_pages(vma, PHYS_PFN(block->info.base) + vma->vm_pgoff,
					    window->flags);
	mutex_unlock(&block->access);
	return error;
}

static ssize_t regloom_read(struct file *file, char __user *user, size_t len, loff_t *at)
{
	struct regloom_file *opened = file->private_data;
	struct regloom_block *block = opened->block;
	struct regloom_line *line;
	u32 values[2];
	int error = 0;

	if (!block->info.interrupts || (len != sizeof(u32) && len != sizeof(values)))
		return -EINVAL;
	spin_lock_irq(&block->lock);
	line = opened->line;
	if (!block->gone)
		regloom_unmask_line(line, true);
	if (!(file->f_flags & O_NONBLOCK))
		error = wait_event_interruptible_lock_irq(block->waiters,
							  line->count != opened->count ||
							  block->gone, block->lock);
	else if (line->count == opened->count)
		error = -EAGAIN;
	if (block->gone)
		error = -ENODEV;
	values[0] = line->count;
	values[1] = line->events;
	if (!error && len == sizeof(values))
		line->events = 0;
	spin_unlock_irq(&block->lock);
	if (error)
		return error;
	if (!copy_to_user(user, values, len)) {
		WRITE_ONCE(opened->count, values[0]);
		return len;
	}
	/* Events that were not reported are not lost. */
	spin_lock_irq(&block->lock);
	line->events |= len == sizeof(values) ? values[1] : 0;
	spin_unlock_irq(&block->lock);
	return -EFAULT;
}

static ssize_t regloom_write(struct file *file, const char __user *user, size_t len, loff_t *at)
{
	struct regloom_file *opened = file->private_data;
	struct regloom_block *block = opened->block;
	u32 on;

	if (!block->info.interrupts || len != sizeof(on))
		return -EINVAL;
	if (copy_from_user(&on, user, sizeof(on)))
		return -EFAULT;
	if (on > 1)
		return -EINVAL;
	spin_lock_irq(&block->lock);
	if (block->gone)
		len = -ENODEV;
	else if (on)
		regloom_unmask_line(opened->line, false);
	else
		regloom_mask_line(opened->line, false);
	spin_unlock_irq(&block->lock);
	return len;
}

static __poll_t regloom_poll(struct file *file, struct poll_table_struct *table)
{
	struct regloom_file *opened = file->private_data;
	struct regloom_block *block = opened->block;
	__poll_t ready = 0;

	poll_wait(file, &block->waiters, table);
	spin_lock_irq(&block->lock);
	if (block->gone)
		ready = EPOLLERR | EPOLLHUP;
	else if (block->info.interrupts && opened->line->count != opened->count)
		ready = EPOLLIN | EPOLLRDNORM;
	spin_unlock_irq(&block->lock);
	return ready;
}

static int regloom_fasync(int fd, struct file *file, int on)
{
	struct regloom_file *opened = file->private_data;

	return fasync_helper(fd, file, on, &opened->block->signals);
}

/* Answers REGLOOM_INFO, with the windows that there is room for. */
static int regloom_copy_info(struct regloom_block *block, void __user *user)
{
	struct regloom_info *info = &block->info;
	u32 room;

	if (copy_from_user(&room, user, sizeof(room)))
		return -EFAULT;
	if (room < sizeof(*info))
		return -EINVAL;
	room = rounddown(min(room, info->argsz) - sizeof(*info), sizeof(*block->windows));
	if (copy_to_user(user, info, sizeof(*info)) ||
	    copy_to_user(user + sizeof(*info), block->windows, room))
		return -EFAULT;
	return 0;
}

static long regloom_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct regloom_file *opened = file->private_data;
	struct regloom_block *block = opened->block;
	void __user *user = (void __user *)arg;
	struct regloom_update update = {};
	int error = -ENODEV;

	if (READ_ONCE(block->gone))
		return -ENODEV;
	if (command == REGLOOM_INFO)
		return regloom_copy_info(block, user);
	if (command == REGLOOM_SELECT && block->info.interrupts) {
		if (arg >= block->info.interrupts)
			return -EINVAL;
		spin_lock_irq(&block->lock);
		opened->line = &block->lines[arg];
		opened->count = opened->line->count;
		spin_unlock_irq(&block->lock);
		return 0;
	}
	if (!block->info.interrupts || (command != REGLOOM_ENABLE && command != REGLOOM_DISABLE &&
					command != REGLOOM_UPDATE))
		return -ENOTTY;
	if ((file->f_flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	/* The events of the former two are where the offset of an update is. */
	if (copy_from_user(&update, user, _IOC_SIZE(command)))
		return -EFAULT;
	spin_lock_irq(&block->lock);
	if (!block->gone && command == REGLOOM_UPDATE)
		error = regloom_update(block, &update);
	else if (!block->gone)
		error = regloom_set_events(opened->line, update.offset, command == REGLOOM_ENABLE);
	spin_unlock_irq(&block->lock);
	if (!error && command == REGLOOM_UPDATE && copy_to_user(user, &update, sizeof(update)))
		return -EFAULT;
	return error;
}

static int regloom_open(struct inode *inode, struct file *file)
{
	struct regloom_file *opened = NULL;
	struct regloom_block *block;
	bool allowed;

	xa_lock(&regloom_blocks);
	block = xa_load(&regloom_blocks, iminor(inode));
	if (block)
		kref_get(&block->ref);
	xa_unlock(&regloom_blocks);
	if (!block)
		return -ENODEV;
	allowed = !block->device->bus_master || capable(CAP_SYS_RAWIO);
	if (allowed)
		opened = kzalloc_obj(*opened);
	if (!opened) {
		kref_put(&block->ref, regloom_free);
		return allowed ? -ENOMEM : -EPERM;
	}

	opened->block = block;
	opened->space = file->f_mapping;
	opened->line = block->lines;
	opened->count = block->info.interrupts ? READ_ONCE(opened->line->count) : 0;
	file->private_data = opened;
	mutex_lock(&block->access);
	list_add(&opened->node, &block->files);
	mutex_unlock(&block->access);
	return 0;
}

static int regloom_release(struct inode *inode, struct file *file)
{
	struct regloom_file *opened = file->private_data;
	struct regloom_block *block = opened->block;
	struct regloom_line *line = block->lines;

	mutex_lock(&block->access);
	list_del(&opened->node);
	if (list_empty(&block->files)) {
		/* What the programs enabled ends with the last of them. */
		regloom_forget_programs(&block->programs, true);
		spin_lock_irq(&block->lock);
		for (; line < block->lines + block->info.interrupts && !block->gone; line++) {
			regloom_quieten(line);
			regloom_enable_line(line);
		}
		spin_unlock_irq(&block->lock);
	}
	mutex_unlock(&block->access);
	kref_put(&block->ref, regloom_free);
	kfree(opened);
	return 0;
}

static const struct file_operations regloom_operations = {
	.owner = THIS_MODULE,
	.open = regloom_open,
	.release = regloom_release,
	.mmap = regloom_mmap,
	.unlocked_ioctl = regloom_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = regloom_read,
	.write = regloom_write,
	.poll = regloom_poll,
	.fasync = regloom_fasync,
};

/* What a register holds, in two words above 32 bits: not every machine has larger ones. */
static u64 regloom_peek(struct regloom_block *block, unsigned long offset, u32 width)
{
	u64 value;

	spin_lock_irq(&block->lock);
	value = regloom_load(block, (struct regloom_port){ offset, min(width, 32U) });
	spin_unlock_irq(&block->lock);
	return width > 32 ? value | regloom_peek(block, offset + 4, 32) << 32 : value;
}

static int regloom_registers_show(struct seq_file *file, void *unused)
{
	struct regloom_block *block = file->private;
	const struct regloom_register *it;
	const struct regloom_field *field;
	unsigned long i, offset;
	u64 value;

	for (it = block->device->registers; it->name; it++) {
		if (it->hidden)
			seq_printf(file, "%#06lx %s (%s)\n", it->offset, it->name, it->hidden);
		for (i = 0; i < max(it->count, 1UL) && !it->hidden; i++) {
			offset = it->offset + i * it->stride;
			value = regloom_peek(block, offset, it->width);
			seq_printf(file, "%#06lx %s", offset, it->name);
			if (it->count > 1)
				seq_printf(file, "[%lu]", i);
			seq_printf(file, " = 0x%0*llx\n", it->width / 4, value);
			for (field = it->fields; field && field->name; field++)
				seq_printf(file, "         %s = %#llx\n", field->name,
					   value >> field->low &
					   GENMASK_ULL(field->high - field->low, 0));
		}
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(regloom_registers);

/* What follows binds a device. What is started is ended by devres, in the reverse order. */

static void regloom_unpublish(void *data)
{
	struct regloom_block *block = data;
	struct regloom_program *program;
	struct regloom_file *opened;
	LIST_HEAD(programs);

	debugfs_remove(block->shown);
	xa_store(&regloom_blocks, block->minor, NULL, GFP_KERNEL);
	device_destroy(&regloom_class, MKDEV(regloom_major, block->minor));

	/*
	 * From here on no mapping gets pages. A program that got some and is still in mmap() holds
	 * the lock of its memory map until the mapping can be found in the inode's address space.
	 * Copies that fork() made are found there too.
	 */
	mutex_lock(&block->access);
	block->closed = true;
	list_splice_init(&block->programs, &programs);
	mutex_unlock(&block->access);
	list_for_each_entry(program, &programs, node)
		if (mmget_not_zero(program->mm)) {
			mmap_read_lock(program->mm);
			mmap_read_unlock(program->mm);
			mmput(program->mm);
		}
	regloom_forget_programs(&programs, true);
	mutex_lock(&block->access);
	list_for_each_entry(opened, &block->files, node)
		unmap_mapping_range(opened->space, 0, 0, 1);
	mutex_unlock(&block->access);

	spin_lock_irq(&block->lock);
	block->gone = true;
	regloom_wake(block, POLL_HUP);
	spin_unlock_irq(&block->lock);
}

static int regloom_publish(struct device *dev, struct regloom_block *block)
{
	struct device *node;
	int error;

	/* First: a node that was made elsewhere can be opened before this one is there. */
	error = devm_add_action(dev, regloom_unpublish, block);
	if (error)
		return error;
	xa_store(&regloom_blocks, block->minor, block, GFP_KERNEL);
	node = device_create(&regloom_class, dev, MKDEV(regloom_major, block->minor), NULL, "%s",
			     block->name);
	if (IS_ERR(node))
		return PTR_ERR(node);
	block->shown = debugfs_create_dir(block->name, NULL);
	debugfs_create_file("registers", 0400, block->shown, block, &regloom_registers_fops);
	return 0;
}

static void regloom_end_line(void *data)
{
	struct regloom_line *line = data;

	spin_lock_irq(&line->block->lock);
	regloom_quieten(line);
	spin_unlock_irq(&line->block->lock);
}

static int regloom_find_irq(struct platform_device *pdev, struct regloom_line *line)
{
	/* The only one needs no name in the device tree. */
	line->irq = line->block->info.interrupts == 1 ? platform_get_irq(pdev, 0) :
		    platform_get_irq_byname(pdev, line->table->name);
	return min(line->irq, 0);
}

static int regloom_request_irq(struct device *dev, struct regloom_line *line)
{
	const struct regloom_interrupt *table = line->table;
	int error;

	/* By default, the kernel masks a level only when it interrupts again. */
	if (table->silence == REGLOOM_LINE &&
	    irq_get_trigger_type(line->irq) & IRQ_TYPE_LEVEL_MASK)
		irq_set_status_flags(line->irq, IRQ_DISABLE_UNLAZY);
	regloom_end_line(line);
	error = devm_add_action(dev, regloom_end_line, line);
	if (error)
		return error;
	return devm_request_irq(dev, line->irq, regloom_irq, table->shared ? IRQF_SHARED : 0,
				line->block->device->name, line);
}

/* Refuses hardware that does not match the map. */
static int regloom_check_identity(struct device *dev, struct regloom_block *block)
{
	const struct regloom_identity *it;
	const struct regloom_part *part;
	u64 found;

	for (it = block->device->identity; it && it->what; it++) {
		found = 0;
		for (part = it->parts; part->port.width; part++)
			found |= (u64)regloom_load(block, part->port) << part->shift;
		found = found >> it->low & (U64_MAX >> (64 - it->bits));
		if (found == it->value)
			continue;
		dev_err(dev, "%s is %#llx in %s, this driver was made for %#llx: the FPGA has another design\n",
			it->what, found, it->name, it->value);
		return -ENODEV;
	}
	return 0;
}

/* Maps the registers without the memories, which may be larger than what can be mapped. */
static int regloom_map_registers(struct device *dev, struct regloom_block *block)
{
	const struct regloom_span *span = block->device->spans;
	u32 i, count = block->device->span_count;

	block->spans = devm_kcalloc(dev, count, sizeof(*block->spans), GFP_KERNEL);
	if (!block->spans)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		block->spans[i] = devm_ioremap(dev, block->info.base + span[i].first,
					       span[i].end - span[i].first);
		if (!block->spans[i])
			return -ENOMEM;
	}
	return 0;
}

static void regloom_suspend(void *dev)
{
	pm_runtime_put_sync(dev);
	pm_runtime_disable(dev);
}

static void regloom_stop_clock(void *clock)
{
	clk_disable_unprepare(clock);
}

static void regloom_assert(void *reset)
{
	reset_control_assert(reset);
}

static int regloom_start_clock(struct device *dev, const char *name)
{
	struct clk *clock = devm_clk_get(dev, name);
	int error = PTR_ERR_OR_ZERO(clock);

	if (!error)
		error = clk_prepare_enable(clock);
	if (error)
		return dev_err_probe(dev, error, "cannot get the clock `%s`\n", name);
	return devm_add_action_or_reset(dev, regloom_stop_clock, clock);
}

static int regloom_release_reset(struct device *dev, const struct regloom_reset *it)
{
	struct reset_control *reset = it->exclusive ?
				      devm_reset_control_get_exclusive(dev, it->name) :
				      devm_reset_control_get_shared(dev, it->name);
	int error = PTR_ERR_OR_ZERO(reset);

	if (!error)
		error = reset_control_deassert(reset);
	if (error)
		return dev_err_probe(dev, error, "cannot get the reset `%s`\n", it->name);
	return devm_add_action_or_reset(dev, regloom_assert, reset);
}

/* Starts what the block needs to run. */
static int regloom_power(struct device *dev, const struct regloom_device *device)
{
	const struct regloom_reset *reset;
	const char *const *clock;
	int error;

	/* Without this, a simple-pm-bus above the device stops its clocks when probing ends. */
	pm_runtime_enable(dev);
	error = pm_runtime_resume_and_get(dev);
	if (error < 0) {
		pm_runtime_disable(dev);
		return dev_err_probe(dev, error, "cannot be resumed\n");
	}
	error = devm_add_action_or_reset(dev, regloom_suspend, dev);
	for (clock = device->clocks; !error && clock && *clock; clock++)
		error = regloom_start_clock(dev, *clock);
	for (reset = device->resets; !error && reset && reset->name; reset++)
		error = regloom_release_reset(dev, reset);
	return error;
}

/* A program gets whole pages: they must be the block's own, unless the sharing is intended. */
static int regloom_find_pages(struct device *dev, struct regloom_block *block, u64 size)
{
	struct regloom_window *window = block->windows;
	const struct regloom_range *it;
	u64 start, end, first = block->info.before;

	if (size < block->info.size) {
		dev_err(dev, "has %#llx bytes, the map takes %#llx\n", size, block->info.size);
		return -EINVAL;
	}
	if ((first || size < PAGE_ALIGN(block->info.size)) &&
	    !device_property_read_bool(dev, "regloom,shared-pages")) {
		dev_err(dev, "%#llx bytes at %#llx are not whole pages of %#lx (see regloom,shared-pages)\n",
			size, block->info.base, PAGE_SIZE);
		return -EINVAL;
	}
	for (it = block->device->windows; it->size; it++, window++) {
		start = first + it->offset;
		end = start + it->size;
		if ((it->offset && !PAGE_ALIGNED(start)) ||
		    (end != first + block->info.size && !PAGE_ALIGNED(end))) {
			dev_err(dev, "the window of %#lx bytes at %#lx is not whole pages of %#lx\n",
				it->size, it->offset, PAGE_SIZE);
			return -EINVAL;
		}
		window->offset = round_down(start, PAGE_SIZE);
		window->size = round_up(end, PAGE_SIZE) - window->offset;
		window->flags = it->flags;
	}
	return 0;
}

/* Reads a number of one or two cells; returns whether it is there, or why it cannot be read. */
static int regloom_property(struct device *dev, const char *name, int cells, u64 *value)
{
	u32 cell[2] = {};
	int error;

	if (!device_property_present(dev, name))
		return 0;
	error = device_property_read_u32_array(dev, name, cell + 2 - cells, cells);
	if (error)
		dev_err(dev, "%pfwf: property '%s' is missing\n", dev_fwnode(dev), name);
	*value = (u64)cell[0] << 32 | cell[1];
	return error ?: 1;
}

/* Above all aliases, and above the blocks without a number that are located before this one. */
static u32 regloom_first_number(struct device *dev, struct regloom_block *block)
{
	const char *stem = block->device->node;
	u32 number = max(of_alias_get_highest_id(stem) + 1, 0);
	struct device_node *node;
	struct resource resource;

	for_each_matching_node(node, dev->driver->of_match_table)
		if (of_device_is_available(node) && of_alias_get_id(node, stem) < 0 &&
		    !of_find_property(node, "regloom,instance", NULL) &&
		    !of_address_to_resource(node, 0, &resource) &&
		    resource.start < block->info.base)
			number++;
	return number;
}

/* Takes the number that the device tree states, or else one that is free. */
static int regloom_take_number(struct device *dev, struct regloom_block *block)
{
	u32 minor, first = block->device->index << REGLOOM_NUMBER_BITS, last = REGLOOM_LAST_NUMBER;
	int error, alias = of_alias_get_id(dev->of_node, block->device->node);
	int stated = 1;
	u64 number = alias;

	if (alias < 0)
		stated = regloom_property(dev, "regloom,instance", 1, &number);
	if (stated < 0)
		return stated;
	if (!stated)
		number = regloom_first_number(dev, block);
	if (stated && number > last) {
		dev_err(dev, "its number is %llu, the last is %u\n", number, last);
		return -EINVAL;
	}

	if (stated)
		last = number;
	error = number > last ? -EBUSY :
		xa_alloc(&regloom_blocks, &minor, NULL, XA_LIMIT(first + number, first + last),
			 GFP_KERNEL);
	if (!error)
		block->minor = minor;
	if (error != -EBUSY)
		return error;
	if (!stated)
		return -ENOSPC;
	dev_err(dev, "another instance has its number, %llu\n", number);
	return -EBUSY;
}

static void regloom_put(void *data)
{
	struct regloom_block *block = data;

	if (block->minor >= 0)
		xa_erase(&regloom_blocks, block->minor);
	kref_put(&block->ref, regloom_free);
}

static struct regloom_block *regloom_new(const struct regloom_device *device, u64 start)
{
	struct regloom_mask *mask;
	struct regloom_line *line;
	struct regloom_block *block;

	block = kzalloc(struct_size(block, lines, device->info.interrupts), GFP_KERNEL);
	if (!block)
		return NULL;
	kref_init(&block->ref);
	block->device = device;
	block->minor = -1;
	block->info = device->info;
	block->info.argsz = sizeof(block->info) + block->info.windows * sizeof(*block->windows);
	block->info.abi = REGLOOM_ABI;
	block->info.base = start;
	block->info.before = offset_in_page(start);
	block->info.windows_at = sizeof(block->info);
	block->info.window_size = sizeof(*block->windows);
	mutex_init(&block->access);
	INIT_LIST_HEAD(&block->programs);
	INIT_LIST_HEAD(&block->files);
	spin_lock_init(&block->lock);
	init_waitqueue_head(&block->waiters);
	block->windows = kcalloc(block->info.windows, sizeof(*block->windows), GFP_KERNEL);
	block->masks = kcalloc(device->sources, sizeof(*block->masks), GFP_KERNEL);
	if (!block->windows || !block->masks) {
		kref_put(&block->ref, regloom_free);
		return NULL;
	}

	mask = block->masks;
	for (line = block->lines; line < block->lines + block->info.interrupts; line++) {
		line->block = block;
		line->table = &device->interrupts[line - block->lines];
		line->masks = mask;
		line->end = mask + line->table->source_count;
		for (; mask < line->end; mask++)
			mask->source = &line->table->sources[mask - line->masks];
	}
	return block;
}

/* Takes the hardware of a block that has its number, and makes its node. */
static int regloom_bind(struct platform_device *pdev, struct regloom_block *block, u64 size)
{
	struct device *dev = &pdev->dev;
	const char *claim;
	int error;
	u32 i;

	block->name = kasprintf(GFP_KERNEL, "%s%d", block->device->node,
				block->minor & REGLOOM_LAST_NUMBER);
	claim = devm_kasprintf(dev, GFP_KERNEL, "%s %s", dev_name(dev), block->name);
	if (!block->name || !claim)
		return -ENOMEM;
	if (!devm_request_mem_region(dev, block->info.base, size, claim)) {
		dev_err(dev, "%#llx bytes at %#llx are in use\n", size, block->info.base);
		return -EBUSY;
	}
	error = regloom_power(dev, block->device);
	if (!error)
		error = regloom_map_registers(dev, block);
	if (!error)
		error = regloom_check_identity(dev, block);
	/* All of them before the first is changed: the controller of one may not be there yet. */
	for (i = 0; i < block->info.interrupts && !error; i++)
		error = regloom_find_irq(pdev, &block->lines[i]);
	for (i = 0; i < block->info.interrupts && !error; i++)
		error = regloom_request_irq(dev, &block->lines[i]);
	if (!error)
		error = regloom_publish(dev, block);
	if (!error)
		dev_info(dev, "/dev/%s maps %#llx bytes at %#llx\n", block->name,
			 block->info.size, block->info.base);
	return error;
}

int regloom_core_probe(struct platform_device *pdev, const struct regloom_device *device)
{
	struct resource *resource = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	struct device *dev = &pdev->dev;
	struct regloom_block *block;
	u64 hash = device->info.hash;
	int error;

	if (!resource) {
		dev_err(dev, "the device tree gives no `reg`\n");
		return -EINVAL;
	}
	error = regloom_property(dev, "regloom,map-hash", 2, &hash);
	if (error < 0)
		return error;
	if (hash != device->info.hash) {
		dev_err(dev, "map hash is %#llx in the device tree, this driver was made for %#llx\n",
			hash, device->info.hash);
		return -ENODEV;
	}
	block = regloom_new(device, resource->start);
	if (!block)
		return -ENOMEM;
	error = devm_add_action_or_reset(dev, regloom_put, block);
	if (!error)
		error = regloom_find_pages(dev, block, resource_size(resource));
	if (!error)
		error = regloom_take_number(dev, block);
	return error ?: regloom_bind(pdev, block, resource_size(resource));
}

int regloom_core_init(const char *class)
{
	int error, major;

	regloom_class.name = class;
	error = class_register(&regloom_class);
	if (error)
		return error;
	major = __register_chrdev(0, 0, REGLOOM_MINORS, KBUILD_MODNAME, &regloom_operations);
	if (major < 0)
		class_unregister(&regloom_class);
	regloom_major = major;
	return min(major, 0);
}

void regloom_core_exit(void)
{
	__unregister_chrdev(regloom_major, 0, REGLOOM_MINORS, KBUILD_MODNAME);
	class_unregister(&regloom_class);
}
