// SPDX-License-Identifier: GPL-2.0
/*
 * What the page tables say of a page, for the tests: a read of /dev/page_kind
 * at an offset is answered for the page at that address of the reader. There
 * is "nothing"; or it is treated as that of a "device", as "combining" memory
 * without a cache, or as "memory"; or the machine's page tables have no word for
 * it, and all are "alike".
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static bool is_device(pgprot_t prot)
{
	return pgprot_val(pgprot_noncached(prot)) == pgprot_val(prot);
}

static bool is_combining(pgprot_t prot)
{
	return pgprot_val(pgprot_writecombine(prot)) == pgprot_val(prot);
}

/* The entry for a small page; there are no others where registers are mapped. */
static pte_t *entry_at(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud) || pud_bad(*pud))
		return NULL;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd) || pmd_bad(*pmd))
		return NULL;
	return pte_offset_kernel(pmd, address);
}

static const char *kind_at(struct mm_struct *mm, unsigned long address)
{
	pte_t *place = entry_at(mm, address);
	pte_t entry;

	if (!place)
		return "nothing";
	entry = ptep_get(place);
	if (!pte_present(entry))
		return "nothing";
	if (is_device(vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED)))
		return "alike";
	if (is_device(__pgprot(pte_val(entry))))
		return "device";
	return is_combining(__pgprot(pte_val(entry))) ? "combining" : "memory";
}

static ssize_t page_kind_read(struct file *file, char __user *user, size_t len,
			      loff_t *offset)
{
	const char *kind;

	mmap_read_lock(current->mm);
	kind = kind_at(current->mm, *offset);
	mmap_read_unlock(current->mm);

	len = min(len, strlen(kind));
	return copy_to_user(user, kind, len) ? -EFAULT : len;
}

static const struct file_operations page_kind_operations = {
	.owner = THIS_MODULE,
	.read = page_kind_read,
};

static struct miscdevice page_kind_node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "page_kind",
	.fops = &page_kind_operations,
};
module_misc_device(page_kind_node);

MODULE_DESCRIPTION("What the page tables say of a page, for tests");
MODULE_LICENSE("GPL");
