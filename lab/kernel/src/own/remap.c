// SPDX-License-Identifier: GPL-2.0
/*
 * What is written by hand today: a platform driver that maps the registers with
 * remap_pfn_range. It is here to be measured beside the generated one, and has
 * what such drivers have: no revocation, and one instance.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static struct resource *registers;

static int remap_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long size = vma->vm_end - vma->vm_start;

	if (vma->vm_pgoff || size > resource_size(registers))
		return -EINVAL;
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start, PHYS_PFN(registers->start),
				  size, vma->vm_page_prot);
}

static const struct file_operations remap_operations = {
	.owner = THIS_MODULE,
	.mmap = remap_mmap,
};

static struct miscdevice remap_node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "remap0",
	.fops = &remap_operations,
};

static int remap_probe(struct platform_device *pdev)
{
	registers = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	if (!registers)
		return -EINVAL;
	if (!devm_request_mem_region(&pdev->dev, registers->start,
				     resource_size(registers), "remap"))
		return -EBUSY;
	return misc_register(&remap_node);
}

static void remap_remove(struct platform_device *pdev)
{
	misc_deregister(&remap_node);
}

static const struct of_device_id remap_table[] = {
	{ .compatible = "regloom,pl061-gpio" },
	{ }
};
MODULE_DEVICE_TABLE(of, remap_table);

static struct platform_driver remap_driver = {
	.probe = remap_probe,
	.remove = remap_remove,
	.driver = {
		.name = "remap",
		.of_match_table = remap_table,
	},
};
module_platform_driver(remap_driver);

MODULE_DESCRIPTION("Registers mapped with remap_pfn_range");
MODULE_LICENSE("GPL");
