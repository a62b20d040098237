// The classic litmus shapes as programs for the enumerator and for SPIN; models/validation/litmus/ has them
// as C, written by hand. Names and shapes are those of Alglave, Maranget and Tautschnig, Herding cats, ACM
// TOPLAS 36(2), 2014; that sequential consistency forbids each is Shasha and Snir, ACM TOPLAS 10(2), 1988:
// the outcome would need a cycle of program order and of conflicts.

export interface Litmus {
  readonly programs: readonly string[];
  /** The words whose final values are the outcome. */
  readonly observed: readonly string[];
  readonly forbidden: string;
}

export const LITMUS: Readonly<Record<string, Litmus>> = {
  sb: { programs: ["x=1; r0=y", "y=1; r1=x"], observed: ["r0", "r1"], forbidden: "0 0" },
  mp: { programs: ["x=1; y=1", "r0=y; r1=x"], observed: ["r0", "r1"], forbidden: "1 0" },
  lb: { programs: ["r0=x; y=1", "r1=y; x=1"], observed: ["r0", "r1"], forbidden: "1 1" },
  r: { programs: ["x=1; y=1", "y=2; r0=x"], observed: ["y", "r0"], forbidden: "2 0" },
  s: { programs: ["x=2; y=1", "r0=y; x=1"], observed: ["x", "r0"], forbidden: "2 1" },
  "2+2w": { programs: ["x=2; y=1", "y=2; x=1"], observed: ["x", "y"], forbidden: "2 2" },
  wrc: {
    programs: ["x=1", "r0=x; y=1", "r1=y; r2=x"],
    observed: ["r0", "r1", "r2"],
    forbidden: "1 1 0",
  },
  isa2: {
    programs: ["x=1; y=1", "r0=y; z=1", "r1=z; r2=x"],
    observed: ["r0", "r1", "r2"],
    forbidden: "1 1 0",
  },
  z6: {
    programs: ["x=1; y=1", "r0=y; z=1", "z=2; r1=x"],
    observed: ["r0", "z", "r1"],
    forbidden: "1 2 0",
  },
  iriw: {
    programs: ["x=1", "r0=x; r1=y", "y=1", "r2=y; r3=x"],
    observed: ["r0", "r1", "r2", "r3"],
    forbidden: "1 0 1 0",
  },
};
