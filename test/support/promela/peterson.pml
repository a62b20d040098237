/* Peterson's algorithm as models/validation/mutex/peterson.c has it: one access a step, TIMES entries each. */
#include "stored.h"

byte flag[2], by_flag[2];
byte turn, by_turn;
byte inside, by_inside;

active [2] proctype Task()
{
  byte left = TIMES;

#ifdef TURN_FIRST
enter:
  atomic { stored(turn, 1 - _pid, 2) }
  atomic { stored(flag[_pid], 1, 1) }
#else
enter:
  atomic { stored(flag[_pid], 1, 1) }
#ifdef OWN_TURN
  atomic { stored(turn, _pid, 2) }
#else
  atomic { stored(turn, 1 - _pid, 2) }
#endif
#endif
wait:
  if
  :: flag[1 - _pid] == 0 -> goto entered
  :: else
  fi;
  if
  :: turn == _pid
  :: else -> goto wait
  fi;
entered:
  atomic { stored(inside, inside + 1, 3); assert(inside == 1) }
  atomic { stored(inside, inside - 1, 4) }
  atomic {
    stored(flag[_pid], 0, 5);
    left--;
    if
    :: left > 0 -> goto enter
    :: else
    fi
  }
end:
  false
}
