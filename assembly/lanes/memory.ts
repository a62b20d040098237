// Memory of a module of lanes, laid out once.
//
//   0x01000  numbers    32 bits a lane: the schedule in it
//   0x01400  generator  four vectors
//   0x01800  steps      one vector a bit of the steps that a lane has taken
//   0x02000  runs       one vector a task: who can step
//   0x02800  picks      one vector a task: who does
//   0x03000  draws      random vectors of an iteration
//   0x03800  lanes      ENDED and its kin
//   0x04000  lasts      one vector a task: who stepped last; MOVES
//   0x04000  fallen     of pct, one vector a task: FALLEN, THERE, HAD
//   0x05000  points     and change points: 16 vectors each, the steps that they come before
//   0x06000  priorities 8 vectors a task
//   0x08000  places     8 vectors a task: where it has its place in the order of all tasks
//   0x0a000  dealt      places and change points of the schedules that begin next
//   0x10000  deadlocks  24 bytes each: site, other side (32 each), count, first
//   0x11000  unsettled  numbers of schedules that the scalar machine must be asked about
//   0x18000  state      the program's vectors
//   0x90000  aside      64 bits a vector, of lanes that are set aside
//   0xb0000  findings   16 bytes each: count, first (64 bits each)
//   0xc0000  tables     static data of the program and the runtime
//   0x100000 record     who stepped in recorded schedules, two bytes a step

export const LANES: u32 = 128;
/** Bits of the number of steps that a lane has taken. */
export const STEP_BITS: u32 = 17;

export const NUMBERS: usize = 0x1000;
export const GENERATOR: usize = 0x1400;
export const STEPS: usize = 0x1800;
export const RUNS: usize = 0x2000;
export const PICKS: usize = 0x2800;
export const DRAWS: usize = 0x3000;
/** Of small programs, which draw into local variables: who stepped, by iteration. */
export const TOLD: usize = DRAWS;
export const ENDED: usize = 0x3800;
/** Lanes without anybody who can step, when the last iteration began. */
export const NOBODY: usize = 0x3810;
/** Lanes that took a step in the last iteration. */
export const STEPPED: usize = 0x3820;
/** Lanes whose schedule has ended and that have no other one yet. */
export const RETIRED: usize = 0x3830;
export const DROPPED: usize = 0x3840;
export const OVERFLOWN: usize = 0x3850;
export const LIMITED: usize = 0x3860;
/** Lanes whose schedules were not asked for. */
export const BEYOND: usize = 0x3870;
/** Lanes without room for one more kworker or callback, when the last iteration began. */
export const CROWDED: usize = 0x3880;
/** Who stepped last: one vector a task. */
export const LASTS: usize = 0x4000;
/** Lanes that sat out the last iteration, where it is drawn already that another may step. */
export const MOVES: usize = 0x4800;
/** Of pct: tasks that have fallen, that were there in the last iteration, that have been there before. */
export const FALLEN: usize = 0x4000;
export const THERE: usize = 0x4400;
export const HAD: usize = 0x4800;
export const POINTS: usize = 0x5000;
export const POINT_BITS: u32 = 16;
export const PRIORITIES: usize = 0x6000;
export const PRIORITY_VECTORS: u32 = 8;
export const PLACES: usize = 0x8000;
export const DEALT_PLACES: usize = 0xa000;
export const DEALT_POINTS: usize = 0xc000;
export const DEADLOCKS: usize = 0x10000;
export const UNSETTLED: usize = 0x11000;
export const STATE: usize = 0x18000;
/** Room for 8,000 vectors of state, and for those of the runtime. */
export const ASIDE: usize = 0x90000;
export const FOUND: usize = 0xb0000;
/** Given to asc as --memoryBase. */
export const TABLES: usize = 0xc0000;
export const RECORD: usize = 0x100000;
