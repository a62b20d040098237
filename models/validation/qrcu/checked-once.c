/* The short cut after one look: with a second updater, whose flip falls between the two reads of the sum, a
 * reader is not seen. */
// expect one_updater_one_reader: proved; 148 states, 240 transitions, endless schedules
// expect one_updater_two_readers: proved; 4166 states, 9635 transitions, endless schedules
// expect two_updaters_one_reader: assertion; 4342 states, 10062 transitions, endless schedules
// expect two_updates_one_reader: proved; 301 states, 487 transitions, endless schedules
#define QRCU_CHECKED_ONCE
#include "qrcu.h"
