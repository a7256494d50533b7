// SPDX-License-Identifier: GPL-2.0
/*
 * Device-tree overlays for the tests: one that is written to /dev/overlay is
 * applied until the file is closed. The kernel has no such way of its own.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

static ssize_t overlay_write(struct file *file, const char __user *user,
			     size_t len, loff_t *offset)
{
	void *blob;
	int id = 0;
	int err;

	if (file->private_data)
		return -EBUSY;
	blob = memdup_user(user, len);
	if (IS_ERR(blob))
		return PTR_ERR(blob);
	err = of_overlay_fdt_apply(blob, len, &id, NULL);
	kfree(blob);
	file->private_data = (void *)(long)id;
	return err ? err : len;
}

static int overlay_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int overlay_release(struct inode *inode, struct file *file)
{
	int id = (long)file->private_data;

	return id ? of_overlay_remove(&id) : 0;
}

static const struct file_operations overlay_operations = {
	.owner = THIS_MODULE,
	.open = overlay_open,
	.release = overlay_release,
	.write = overlay_write,
};

static struct miscdevice overlay_node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "overlay",
	.fops = &overlay_operations,
};
module_misc_device(overlay_node);

MODULE_DESCRIPTION("Device-tree overlays for tests");
MODULE_LICENSE("GPL");
