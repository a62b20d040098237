/* The driver of driver.c without its two races: the old settings are freed after a grace period, and
 * whether the meter is enabled is tested and acted upon under one lock. */
#define DRIVER_FIXED
#include "driver.c"
