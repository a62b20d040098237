/* Nothing is left out: no updater returns while a reader is inside that was inside before. */
// expect one_updater_one_reader: proved; 188 states, 328 transitions, endless schedules
// expect one_updater_two_readers: proved; 4856 states, 11479 transitions, endless schedules
// expect two_updaters_one_reader: proved; 7272 states, 18491 transitions, endless schedules
// expect two_updates_one_reader: proved; 389 states, 679 transitions, endless schedules
#include "qrcu.h"
