/* Dekker's algorithm as models/validation/mutex/dekker.c has it: one access a step, TIMES entries each. */
#include "stored.h"

byte flag[2], by_flag[2];
byte turn, by_turn;
byte inside, by_inside;

active [2] proctype Task()
{
  byte left = TIMES;

enter:
  atomic { stored(flag[_pid], 1, 1) }
test:
  if
  :: flag[1 - _pid] == 0 -> goto entered
  :: else
  fi;
  if
  :: turn == _pid -> goto test
  :: else
  fi;
  atomic { stored(flag[_pid], 0, 2) }
wait:
  if
  :: turn == _pid
  :: else -> goto wait
  fi;
  atomic { stored(flag[_pid], 1, 3) }
  goto test;
entered:
  atomic { stored(inside, inside + 1, 4); assert(inside == 1) }
  atomic { stored(inside, inside - 1, 5) }
  atomic { stored(turn, 1 - _pid, 6) }
  atomic {
    stored(flag[_pid], 0, 7);
    left--;
    if
    :: left > 0 -> goto enter
    :: else
    fi
  }
end:
  false
}
