/* The readers of the counter that was left behind are not waited for. */
// expect one_updater_one_reader: assertion; 191 states, 337 transitions, 24046 schedules
// expect one_updater_two_readers: assertion; 5140 states, 12296 transitions, 71377152995 schedules
// expect two_updaters_one_reader: assertion; 7576 states, 19585 transitions, 47164108421 schedules
// expect two_updates_one_reader: assertion; 520 states, 900 transitions, 1670161 schedules
#define QRCU_NO_WAIT
#include "qrcu.h"
