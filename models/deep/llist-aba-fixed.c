/* llist-aba.c with the lock that llist_del_first() needs where several take. */
#define LLIST_FIXED
#include "llist-aba.c"
