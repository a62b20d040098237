/* models/bench/two-task.c for SPIN's simulator, SCHEDULES times over: one atomic sequence a step. Its choice of
 * who goes next is not uniform (it takes the next process where the one it drew cannot go, and init never
 * can), so that its rates are its own; what is compared is how many schedules it gets through. */
bool removed, published, reading, waits, freed;
int warned, steps, n;

proctype Closer()
{
  bool own;

  if
  :: atomic { removed -> steps++ }
  :: atomic { !removed -> steps++ };
    atomic { steps++; own = published };
    atomic { steps++; if :: !own -> warned++ :: else fi };
    atomic { steps++; if :: own -> published = false :: else fi };
    atomic { steps++ }
  fi;
  atomic { steps++; waits = reading };
  atomic { !waits || !reading -> steps++ };
  atomic { steps++; freed = true }
}

proctype Offline()
{
  bool own;

  atomic { steps++; removed = true };
  atomic { steps++; reading = true };
  atomic { steps++; own = published };
  atomic { steps++; published = false };
  atomic { steps++; if :: own && freed -> warned++ :: else fi };
  atomic { steps++; reading = false; waits = false };
  atomic { steps++ }
}

init
{
  do
  :: n < SCHEDULES ->
    atomic {
      removed = false; published = true; reading = false; waits = false; freed = false;
      run Closer(); run Offline()
    };
    _nr_pr == 1;
    n++
  :: else -> break
  od;
  printf("%d schedules %d steps %d warned\n", n, steps, warned)
}
