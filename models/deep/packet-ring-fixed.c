/* packet-ring.c with the fix: setsockopt(PACKET_VERSION) and the whole of packet_set_ring() hold the lock. */
#define PACKET_FIXED
#include "packet-ring.c"
