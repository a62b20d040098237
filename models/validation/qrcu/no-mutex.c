/* Updaters side by side: what one waits for, the other has flipped. */
// expect one_updater_one_reader: proved; 173 states, 301 transitions, endless schedules
// expect one_updater_two_readers: proved; 4396 states, 10427 transitions, endless schedules
// expect two_updaters_one_reader: assertion, step-limit; 9425 states, 23287 transitions, endless schedules
// expect two_updates_one_reader: proved; 359 states, 621 transitions, endless schedules
#define QRCU_NO_MUTEX
#include "qrcu.h"
