// Sets of task slots as bit masks, and the choice of the k-th member without a loop.

// SELECT[mask * 8 + k] = index of the k-th set bit of an 8-bit mask.
const SELECT: usize = memory.data(2048, 16);

/** Fills the selection table; once, before the first choice. */
export function tasksetInit(): void {
  for (let mask: usize = 0; mask < 256; mask++) {
    let rank: usize = 0;
    for (let bit: usize = 0; bit < 8; bit++) {
      if (mask & (1 << bit)) store<u8>(SELECT + (mask << 3) + rank++, <u8>bit);
    }
  }
}

/** Slot of the k-th member (from 0) of a 16-bit set; k must be below its size. */
// @ts-ignore: decorator
@inline
export function tasksetSelect(set: u32, k: u32): u32 {
  const low = set & 0xff;
  const count = <u32>popcnt(low);
  if (k < count) return load<u8>(SELECT + (low << 3) + k);
  return 8 + load<u8>(SELECT + ((set >> 8) << 3) + (k - count));
}
