# Runs a command on a pseudo-terminal: terminal.py COLUMNS ROWS ACTIONS COMMAND...
# ACTIONS is JSON, a list of {"when": text, "resize": columns} or {"when": text, "kill": number}: each is done
# once the text has come, since the action before it. Prints JSON: what came, with a number where the
# terminal was resized, and at the end the exit status or minus the signal.
import base64, fcntl, json, os, pty, select, struct, sys, termios, time

columns, rows, actions = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])


def resize(fd, width):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, width, 0, 0))


def take(fd):
    data = os.read(fd, 65536)
    events.append(base64.b64encode(data).decode())
    return data


events, since = [], b""
pid, fd = pty.fork()
if pid == 0:
    time.sleep(0.2)  # until it has its size
    os.execvp(sys.argv[4], sys.argv[4:])
resize(fd, columns)
while True:
    ready, _, _ = select.select([fd], [], [], 60)
    if not ready:
        os.kill(pid, 9)
        break
    try:
        data = take(fd)
    except OSError:
        break
    if not data:
        break
    since += data
    while actions and actions[0]["when"].encode() in since:
        action = actions.pop(0)
        since = b""
        if "resize" in action:
            while select.select([fd], [], [], 0)[0]:  # what was drawn for the old width
                take(fd)
            resize(fd, action["resize"])
            events.append(action["resize"])
        if "kill" in action:
            os.kill(pid, action["kill"])
_, status = os.waitpid(pid, 0)
code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
print(json.dumps({"events": events, "code": code}))
