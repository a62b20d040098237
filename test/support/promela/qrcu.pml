/* QRCU as models/validation/qrcu/qrcu.h has it: one access a step, each updater once. In our own words. */
#include "stored.h"

byte idx, by_idx;
byte ctr[2] = { 1, 0 };
byte by_ctr[2];
byte progress[READERS], by_progress;
bit mutex;

active [READERS] proctype Reader()
{
  byte i, n;

again:
  i = idx;
  if
  :: atomic { ctr[i] != 0 -> n = ctr[i] }
  :: atomic { else -> i = 0 }; goto again
  fi;
  if
  :: atomic { ctr[i] == n -> stored(ctr[i], n + 1, 1); n = 0 }
  :: atomic { else -> n = 0; i = 0 }; goto again
  fi;
  atomic { progress[_pid] = 1; by_progress = 8 * _pid + 2 }
  atomic { progress[_pid] = 2; by_progress = 8 * _pid + 3 }
  atomic { stored(ctr[i], ctr[i] - 1, 4); i = 0 }
end:
  false
}

/* Which of the two counters is read first, is chosen in the step before. */
inline choose_first() {
  if
  :: first = 0
  :: first = 1
  fi
}

active [UPDATERS] proctype Updater()
{
  byte before[READERS];
  byte first, sum, i;

  atomic {
    do
    :: i < READERS -> before[i] = progress[i]; i++
    :: else -> break
    od;
    i = 0;
    choose_first()
  }
  sum = ctr[first];
  if
  :: atomic { sum + ctr[1 - first] > 1 -> sum = 0; first = 0 }; goto slow
  :: atomic { else -> sum = 0; choose_first() }
  fi;
  sum = ctr[first];
  if
  :: atomic { sum + ctr[1 - first] > 1 -> sum = 0; first = 0 }
  :: atomic { else -> sum = 0; first = 0 }; goto verify
  fi;
slow:
  atomic { mutex == 0 -> mutex = 1 }
  i = idx;
  atomic { stored(ctr[1 - i], ctr[1 - i] + 1, 1) }
  atomic { stored(idx, 1 - i, 2) }
  atomic { stored(ctr[i], ctr[i] - 1, 3) }
#ifndef NO_WAIT
wait:
  if
  :: atomic { ctr[i] == 0 -> i = 0 }
  :: else -> goto wait
  fi;
#endif
  mutex = 0;
verify:
  atomic {
#ifdef NO_WAIT
    i = 0;
#endif
    do
    :: i < READERS ->
      assert(before[i] != 1 || progress[i] != 1);
      before[i] = 0;
      i++
    :: else -> break
    od;
    i = 0
  }
end:
  false
}
