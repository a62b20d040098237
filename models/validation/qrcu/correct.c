/* Nothing is left out: no updater returns while a reader is inside that was inside before. */
// expect one_updater_one_reader: proved; 188 states, 322 transitions, endless schedules
// expect one_updater_two_readers: proved; 4856 states, 11403 transitions, endless schedules
// expect two_updaters_one_reader: proved; 7272 states, 18143 transitions, endless schedules
// expect two_updates_one_reader: proved; 389 states, 663 transitions, endless schedules
// expect one_updater_three_readers: proved; 124723 states, 386024 transitions, endless schedules
// expect two_updaters_two_readers: proved; 330077 states, 1001649 transitions, endless schedules
#include "qrcu.h"

scenario one_updater_three_readers(void)
{
	thread("updater", updater(1));
	thread("reader", reader(0));
	thread("reader 2", reader(1));
	thread("reader 3", reader(2));
}

scenario two_updaters_two_readers(void)
{
	thread("updater", updater(1));
	thread("updater 2", updater(1));
	thread("reader", reader(0));
	thread("reader 2", reader(1));
}
