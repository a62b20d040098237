// A terminal as far as a program that redraws some lines needs one: text that wraps, a cursor that goes up,
// clearing, a screen that scrolls; and, as the terminals of today, one that breaks its lines anew when its
// width changes. What stands on it can be looked at. What it does not know it refuses.

interface Row {
  text: string;
  /** The line goes on in the next row: it wrapped. */
  wrapped: boolean;
}

export class Terminal {
  #columns: number;
  readonly #height: number;
  /** All rows from the first that was ever written on; the screen shows the last #height of them. */
  #rows: Row[] = [{ text: "", wrapped: false }];
  #row = 0;
  #column = 0;
  #rest = "";
  cursorShown = true;
  /** Rows that have left the screen at its top. */
  scrolled = 0;

  constructor(columns: number, height: number) {
    this.#columns = columns;
    this.#height = height;
  }

  /** Everything that can be seen or scrolled back to. */
  lines(): string[] {
    return this.#rows.map(({ text }) => text.trimEnd());
  }

  /** Row of the cursor, among all. */
  get row(): number {
    return this.#row;
  }

  get columns(): number {
    return this.#columns;
  }

  resize(columns: number): void {
    const whole: { text: string; cursor: number | null }[] = [];
    let open = false;
    for (const [n, { text, wrapped }] of this.#rows.entries()) {
      if (!open) whole.push({ text: "", cursor: null });
      const line = whole.at(-1)!;
      if (n === this.#row) line.cursor = line.text.length + this.#column;
      line.text += wrapped ? text.padEnd(this.#columns) : text;
      open = wrapped;
    }
    this.#columns = columns;
    this.#rows = [];
    for (const { text, cursor } of whole) {
      const count = Math.max(1, Math.ceil(text.length / columns));
      if (cursor !== null) {
        this.#row = this.#rows.length + Math.min(count - 1, Math.floor(cursor / columns));
        this.#column = cursor % columns;
      }
      for (let i = 0; i < count; i++) {
        this.#rows.push({ text: text.slice(i * columns, (i + 1) * columns), wrapped: i < count - 1 });
      }
    }
  }

  write(data: string): void {
    const text = this.#rest + data;
    this.#rest = "";
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== "\u001b") {
        this.#put(text[i]!);
        continue;
      }
      const sequence = /^\[(\??)(\d*)([A-Za-z])/.exec(text.slice(i + 1));
      if (sequence === null) {
        if (text.length - i > 12)
          throw new Error(`an escape that is not known: ${JSON.stringify(text.slice(i, i + 12))}`);
        this.#rest = text.slice(i);
        return;
      }
      this.#control(sequence[1]!, sequence[2]!, sequence[3]!);
      i += sequence[0].length;
    }
  }

  #put(char: string): void {
    if (char === "\r") this.#column = 0;
    else if (char === "\n") this.#down(false);
    else {
      if (this.#column === this.#columns) this.#down(true);
      const row = this.#rows[this.#row]!;
      row.text = row.text.padEnd(this.#column);
      row.text = row.text.slice(0, this.#column) + char + row.text.slice(this.#column + 1);
      this.#column++;
    }
  }

  #down(wraps: boolean): void {
    this.#rows[this.#row]!.wrapped = wraps;
    this.#column = 0;
    this.#row++;
    if (this.#row < this.#rows.length) return;
    this.#rows.push({ text: "", wrapped: false });
    if (this.#rows.length > this.#height) this.scrolled++;
  }

  #control(mark: string, digits: string, letter: string): void {
    if (mark === "?" && digits === "25") this.cursorShown = letter === "h";
    else if (mark === "" && letter === "A") {
      const top = Math.max(0, this.#rows.length - this.#height);
      this.#row = Math.max(top, this.#row - Number(digits || "1"));
    } else if (mark === "" && letter === "K" && digits === "") this.#clearRow();
    else if (mark === "" && letter === "J" && digits === "") {
      this.#clearRow();
      // Cleared rows below stay rows of the screen.
      for (const row of this.#rows.slice(this.#row + 1)) Object.assign(row, { text: "", wrapped: false });
    } else throw new Error(`a control sequence that is not known: ${mark}${digits}${letter}`);
  }

  #clearRow(): void {
    const row = this.#rows[this.#row]!;
    row.text = row.text.slice(0, this.#column);
    row.wrapped = false;
  }
}
