// Words of a command line, as a shell reads them.

/** A word that a shell takes as it is. */
export function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The words of a line: quotes and backslashes as in a shell, `#` begins a comment. Null: a quote is open. */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === "#" && word === null) break;
    if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    word ??= "";
    if (char === "\\") word += line[++i] ?? "";
    else if (char === "'" || char === '"') {
      const end = line.indexOf(char, i + 1);
      if (end < 0) return null;
      word += line.slice(i + 1, end);
      i = end;
    } else word += char;
  }
  return word === null ? words : [...words, word];
}
