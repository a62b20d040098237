/* The readers of the counter that was left behind are not waited for. */
// expect one_updater_one_reader: assertion; 191 states, 331 transitions, 20847 schedules
// expect one_updater_two_readers: assertion; 5140 states, 12220 transitions, 66304032686 schedules
// expect two_updaters_one_reader: assertion; 7576 states, 19221 transitions, 38127980558 schedules
// expect two_updates_one_reader: assertion; 520 states, 880 transitions, 994092 schedules
#define QRCU_NO_WAIT
#include "qrcu.h"
