/* What tells states of raceproof apart beside the values: who stored a word last, by task and statement, for
 * a report names the other side of a finding. */
#define stored(word, value, statement) word = value; by_##word = 8 * _pid + statement
