// Why the system refused a file, in words: Node's own message has the call and, of a file that is written
// aside first, a name that nobody gave.

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "what should be its folder is a file",
  EACCES: "there is no permission to",
  EPERM: "there is no permission to",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EFBIG: "it is as large as is allowed",
};

export function reasonOf(error: unknown): string {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
