// What the runner of GitHub Actions makes of a step's output: its workflow commands, after the documented
// rules (and the escapes of its toolkit). Written for the tests of the annotations.

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Every command that is obeyed, in order. Output between stop-commands and its token is not looked at. */
export function commandsOf(output: string): Command[] {
  const commands: Command[] = [];
  let stopped: string | null = null;
  for (const text of output.split("\n")) {
    const found = commandOf(text);
    if (found === undefined) continue;
    if (stopped !== null) {
      if (found.name === stopped) stopped = null;
    } else if (found.name === "stop-commands") {
      stopped = found.message;
    } else {
      commands.push(found);
    }
  }
  if (stopped !== null) throw new Error(`commands stay switched off: ${stopped}`);
  return commands;
}

/**
 * `::name key=value,key=value::message`, after blanks; or the older `##[name key=value;]message` anywhere.
 */
function commandOf(text: string): Command | undefined {
  const match = /^\s*::([^\s:]+)(?: ((?:(?!::).)*))?::(.*)$/s.exec(text);
  if (match !== null) {
    const [, name = "", list = "", message = ""] = match;
    const pairs = list.split(",").filter((pair) => pair.includes("="));
    const entries = pairs.map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), unescaped(pair.slice(at + 1), true)];
    });
    return { name, properties: Object.fromEntries(entries), message: unescaped(message, false) };
  }
  const old = /##\[([^\]\s]+)[^\]]*\](.*)$/s.exec(text);
  return old === null ? undefined : { name: old[1]!, properties: {}, message: old[2]! };
}

function unescaped(text: string, property: boolean): string {
  const pairs = [
    ["%0D", "\r"],
    ["%0A", "\n"],
    ...(property
      ? [
          ["%3A", ":"],
          ["%2C", ","],
        ]
      : []),
    ["%25", "%"],
  ] as const;
  let out = text;
  for (const [from, to] of pairs) out = out.replaceAll(from, to);
  return out;
}
