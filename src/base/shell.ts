// Words of a command as a POSIX shell reads them, for the commands that reports print and for files of
// tokens: quoting and its inverse. Of the shell's language only blanks, quotes, backslashes and comments.

/** The word as it can be pasted into a shell. */
export function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_./+:@%=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The words of a line; undefined where a quote is still open at its end. `#` begins a comment where a word
 * could begin.
 */
export function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "#" && word === undefined) {
      break;
    } else if (char === "'" || char === '"') {
      const inside = quotedPart(text, at);
      if (inside === undefined) return undefined;
      word = (word ?? "") + inside.text;
      at = inside.end;
    } else {
      if (char === "\\") at++;
      word = (word ?? "") + (text[at] ?? "\\");
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What stands between the quote at `start` and its partner at `end`. */
function quotedPart(text: string, start: number): { text: string; end: number } | undefined {
  const quote = text[start]!;
  let inside = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return { text: inside, end: at };
    if (quote === '"' && text[at] === "\\" && /["\\$`]/.test(text[at + 1] ?? "")) at++;
    inside += text[at];
  }
  return undefined;
}
