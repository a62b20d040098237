/* IS_ERR, PTR_ERR, ERR_PTR, IS_ERR_OR_NULL, errno names. */
#include "check.h"
#include <linux/err.h>
#include <linux/errno.h>

struct thing { int v; };
static struct thing only = { 1 };

static struct thing *find(int id)
{
	if (id < 0)
		return ERR_PTR(-EINVAL);
	return id ? &only : NULL;
}

static void run(void)
{
	assert(IS_ERR(find(-1)) && PTR_ERR(find(-1)) == -EINVAL && IS_ERR_OR_NULL(find(-1)));
	assert(!IS_ERR(find(0)) && IS_ERR_OR_NULL(find(0)));
	assert(!IS_ERR_OR_NULL(find(1)) && find(1)->v == 1);
	assert(PTR_ERR_OR_ZERO(find(1)) == 0 && ENOENT == 2 && EBUSY == 16);
}
