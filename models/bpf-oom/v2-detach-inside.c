/* Ff for version 2 where it comes to mind first: the offline hook detaches the link inside its
 * read-side section. unreg then waits for the very section that it is called in. */
#define FIX_DETACH_INSIDE
#include "v2.c"
