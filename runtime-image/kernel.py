"""The Python of a sandbox: a zygote that imports libraries once and forks kernels, and the kernel itself.

`sandbox-agent init` starts the zygote as `python3 -I -X utf8 kernel.py --data DIR ...` with a control socket as fd 3.

  init -> zygote  {"type":"fork"} with three descriptors: the new kernel's control socket, its stdout, its stderr
  zygote -> init  {"type":"ready"} when the libraries are imported
  init -> kernel  {"type":"run","call":ID,"code":TEXT} | {"type":"ack","n":N}; SIGINT interrupts,
                  SIGUSR1 says that the disk is full
  kernel -> init  {"type":"ready","pid":N}, {"type":"sync","n":N}, {"type":"display","n":N,"is_result":BOOL,"data":{MIME:TEXT}},
                  {"type":"error","name":..,"value":..,"traceback":..}, {"type":"done","call":ID,"status":"ok"|"error"}

What is printed does not pass through here: file descriptors 1 and 2 are pipes that init reads, for Python and for
every program it starts alike. A display waits for its ack, so that what is printed later stays behind it; so does
the first line to stderr after one to stdout and the other way round.
"""

import argparse
import base64
import ctypes
import errno
import gc
import io
import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import types
import warnings

CONTROL_FD = 3
PR_SET_DUMPABLE = 4
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
TEXT_MIMES = ("text/plain", "text/html", "text/markdown", "text/latex", "application/json", "image/svg+xml")
BINARY_MIMES = ("image/png", "image/jpeg")
# What IPython might change: magics, shell commands, help, lines that begin with a comma or the like, prompts, indentation.
FOR_IPYTHON = re.compile(r"[%!?]|^\s*[,;/]|>>>|\.\.\.|In \[|\A\s|\A\Z", re.MULTILINE)
MAX_PLAIN = 1 << 20  # characters of a text/plain; longer ones are cut
MAX_MIME = 8 << 20  # characters of any other representation; longer ones are left out
MAX_DISPLAY = 12 << 20  # of all representations together; init takes lines up to 16 MiB


def arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--data", required=True, help="the working directory of kernels")
    parser.add_argument("--preload", default="", help="modules to import before forking, comma-separated")
    parser.add_argument("--cpus", type=float, default=1)
    parser.add_argument("--memory-bytes", type=int, required=True)
    parser.add_argument("--tasks", type=int, required=True, help="RLIMIT_NPROC: processes and threads")
    parser.add_argument("--file-bytes", type=int, required=True, help="RLIMIT_FSIZE")
    parser.add_argument("--cold", action="store_true", help="become a kernel with the descriptors 3, 4 and 5")
    return parser.parse_args()


def set_dumpable(value):
    """0 closes /proc/<pid>/mem, environ and fd to processes of the same user; fork keeps it, exec resets it."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, value, 0, 0, 0)


class Channel:
    """The kernel's side of its control socket: whole JSON lines, which an interrupt cannot cut in the middle."""

    def __init__(self, control):
        self.socket = control
        self.lines = control.makefile("rb")
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self.number = 0
        self.syncs_left = 0
        self.in_cell = False
        self.error_shown = False
        self.error_sent = False
        self.sending = False
        self.pending = None

    def on_signal(self, number, frame):
        """Raises in the user's code only: never while a line is being sent, never between cells."""
        if number == signal.SIGUSR1 and self.error_shown:
            return  # it has failed already, most likely for the same reason
        if os.getpid() != self.pid or (self.in_cell and not self.sending):
            raise interruption(number)
        if self.in_cell:
            self.pending = number

    def send(self, **message):
        line = ENCODER.encode(message).encode("utf-8", "replace") + b"\n"
        main = threading.current_thread() is threading.main_thread()
        with self.lock:
            self.sending = self.sending or main
            try:
                self.socket.sendall(line)
            finally:
                if main:
                    self.sending = False
        if main and self.pending:
            number, self.pending = self.pending, None
            raise interruption(number)

    def send_and_wait(self, **message):
        """Sends, and in the main thread of a cell waits until init has read all that was printed before."""
        with self.lock:
            self.number += 1
            number = self.number
            self.send(n=number, **message)
            # Between cells the main thread reads this socket, so that a thread does not wait.
            while self.in_cell and threading.current_thread() is threading.main_thread():
                line = self.lines.readline()
                if not line:
                    os._exit(0)
                message = json.loads(line)
                if message["type"] == "ack" and message["n"] >= number:
                    return

    def keep_order(self):
        """Called when printing changes between stdout and stderr; bounded, because it costs a round trip."""
        if self.in_cell and self.syncs_left > 0 and os.getpid() == self.pid:
            self.syncs_left -= 1
            self.send_and_wait(type="sync")

    def run_requests(self):
        for line in self.lines:
            message = json.loads(line)
            if message["type"] == "run":
                yield message


class Stream(io.TextIOWrapper):
    """sys.stdout or sys.stderr: by lines, and in order with the other one."""

    latest = None
    channel = None

    def __init__(self, fd):
        binary = io.BufferedWriter(io.FileIO(fd, "w", closefd=False))
        super().__init__(binary, "utf-8", "backslashreplace", line_buffering=True)

    def write(self, text):
        if Stream.latest is not self:
            previous, Stream.latest = Stream.latest, self
            if previous and not previous.closed:
                previous.flush()
                Stream.channel.keep_order()
        return super().write(text)


def interruption(number):
    if number == signal.SIGINT:
        return KeyboardInterrupt()
    return OSError(errno.ENOSPC, "The disk limit of this sandbox is exceeded. Delete files, then go on")


def flush_streams():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the user may have closed or replaced it
            pass


def representations(data):
    """The representations that a reader can use, as text, within bounds."""
    result, total = {}, 0
    for mime in (*BINARY_MIMES, *TEXT_MIMES):
        value = data.get(mime)
        if value is None:
            continue
        if isinstance(value, (bytes, bytearray)):
            value = base64.b64encode(value).decode() if mime in BINARY_MIMES else value.decode("utf-8", "replace")
        elif mime in BINARY_MIMES:
            value = str(value).replace("\n", "")
        elif not isinstance(value, str):
            value = json.dumps(value, default=str)
        if mime == "text/plain" and len(value) > MAX_PLAIN:
            value = f"{value[:MAX_PLAIN]}\n[{len(value) - MAX_PLAIN} more characters]"
        if len(value) <= MAX_MIME and total + len(value) <= MAX_DISPLAY:
            result[mime] = value
            total += len(value)
    if not result and data:
        result["text/plain"] = f"[a representation of {', '.join(sorted(data))} that is unknown or too large to show]"
    return result


def make_shell():
    """IPython's shell with its displays and errors going to a Channel. No history file, no thread."""
    # For completion and terminals, which nobody has here, IPython imports 14 MiB: not now, later imports find them.
    without = {"jedi": None, "IPython.terminal.embed": types.ModuleType("embed")}
    without["IPython.terminal.embed"].embed = None
    sys.modules.update(without)
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Displays(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, **kwargs):
            self.shell.show(data, is_result=False)

        def clear_output(self, wait=False):
            pass

    class Results(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            self.shell.show(format_dict, is_result=True)

        def finish_displayhook(self):
            pass

    class Transformers(TransformerManager):
        def __init__(self):
            super().__init__()
            self.own = self.all()

        def all(self):
            return [*self.cleanup_transforms, *self.line_transforms, *self.token_transformers]

        def transform_cell(self, cell):
            """Leaves text alone that has nothing for IPython: to learn that from its tokens takes a third of a short cell."""
            if FOR_IPYTHON.search(cell) or self.all() != self.own:
                return super().transform_cell(cell)
            return cell if cell.endswith("\n") else cell + "\n"

    class Shell(InteractiveShell):
        channel = None
        displayhook_class = Type(Results)
        display_pub_class = Type(Displays)

        def show(self, data, is_result):
            flush_streams()
            if self.channel and os.getpid() == self.channel.pid:
                self.channel.send_and_wait(type="display", is_result=is_result, data=representations(data))

        def showtraceback(self, exc_tuple=None, filename=None, tb_offset=None, **kwargs):
            if self.channel:
                self.channel.error_shown = True
            kind, value, traceback = exc_tuple or sys.exc_info()
            cut_own_frames(traceback)
            if tb_offset is None and traceback and traceback.tb_frame.f_code is InteractiveShell.run_code.__code__:
                # Left out by IPython, too, but only after it has parsed its own 4000 lines.
                traceback, tb_offset = traceback.tb_next, 0
            super().showtraceback((kind, value, traceback), filename, tb_offset, **kwargs)

        def _showtraceback(self, etype, evalue, stb):
            text = stb if isinstance(stb, str) else "\n".join(stb)
            flush_streams()
            if self.channel is None:
                return
            if os.getpid() != self.channel.pid:  # a child that the code has forked
                print(text, file=sys.stderr)
                return
            try:
                value = str(evalue)
            except Exception:
                value = "<the exception cannot be shown>"
            self.channel.error_sent = True
            self.channel.send(
                type="error", name=etype.__name__[:256], value=value[:MAX_PLAIN], traceback=text[-MAX_PLAIN:]
            )

        def system(self, cmd):
            """`!cmd`: inherits descriptors 1 and 2, so its output streams like Python's own."""
            flush_streams()
            self.channel.keep_order()
            try:
                self.user_ns["_exit_code"] = subprocess.call(["/bin/sh", "-c", self.var_expand(cmd, depth=1)])
            finally:
                self.channel.keep_order()

        system_piped = system_raw = system

        def should_run_async(self, raw_cell, *, transformed_cell=None, **kwargs):
            """Without these words there is nothing to await, and no need to compile the cell to find out."""
            cell = raw_cell if transformed_cell is None else transformed_cell
            return ("await" in cell or "async" in cell) and super().should_run_async(
                raw_cell, transformed_cell=transformed_cell, **kwargs
            )

        def ask_exit(self):
            print("exit() does nothing here: the kernel stays for the next cell.")

        def enable_gui(self, gui=None):
            pass

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.xmode = "Context"
    config.Completer.use_jedi = False
    config.InlineBackend.figure_formats = {"png"}
    try:
        shell = Shell.instance(config=config)
    except Exception:  # IPython 9 spells it in lower case
        Shell.clear_instance()
        config.InteractiveShell.colors = "nocolor"
        shell = Shell.instance(config=config)
    for name in without:
        del sys.modules[name]
    shell.input_transformer_manager = Transformers()
    shell.history_manager.store_inputs = lambda *args, **kwargs: None  # they would only grow
    shell.display_formatter.active_types = [*BINARY_MIMES, *TEXT_MIMES]
    return shell


def cut_own_frames(traceback):
    """Ends a traceback where it reaches this file: what is below is not the user's business."""
    while traceback and traceback.tb_next:
        if traceback.tb_next.tb_frame.f_code.co_filename == __file__ and traceback.tb_frame.f_code.co_filename != __file__:
            traceback.tb_next = None
        traceback = traceback.tb_next


def no_input(prompt=""):
    raise EOFError("input() has nobody to ask here: put the values into the code.")


def preload(names, shell):
    """Imports once what every kernel would import, and renders what is slow the first time."""
    for name in filter(None, names.split(",")):
        try:
            __import__(name)
            if name == "matplotlib":
                import matplotlib.pyplot  # noqa: F401
        except Exception as e:
            print(f"kernel.py: {name} cannot be preloaded: {e!r}", file=sys.stderr)
    warm_up = ["1+1", "raise ValueError()"]
    if "matplotlib.pyplot" in sys.modules:
        warm_up.append("import matplotlib.pyplot as p; p.figure(); p.plot([1, 2]); p.title('a'); p.show()")
    if "pandas" in sys.modules:
        warm_up.append("import pandas; pandas.DataFrame({'a': [1.5]})")
    for code in warm_up:
        shell.run_cell(code, store_history=False, silent=False)
    warnings.filterwarnings("ignore", "To exit: use")
    shell.reset(new_session=False)
    shell.execution_count = 1


def raise_thread_limits(cpus):
    """The zygote computes with one thread, because a fork does not take threads along; kernels use their CPUs."""
    threads = max(1, int(cpus))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS"):
        os.environ[name] = str(threads)
    os.environ["LOKY_MAX_CPU_COUNT"] = str(threads)
    if threads == 1:
        return
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            libraries = {line.split()[-1] for line in maps if "blas" in line and ".so" in line}
        for library in map(ctypes.CDLL, sorted(libraries)):
            for symbol in ("openblas_set_num_threads", "openblas_set_num_threads64_", "scipy_openblas_set_num_threads64_"):
                if hasattr(library, symbol):
                    getattr(library, symbol)(threads)
    except OSError:
        pass  # computing with one thread is right, too


def data_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmData"))


def set_limits(args):
    """What the system can enforce by itself, just below what init enforces by watching."""
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, args.file_bytes),
        (resource.RLIMIT_NPROC, args.tasks),
        (resource.RLIMIT_NOFILE, 1024),  # pipes and the like hold memory that no process shows
        # Above what the libraries have mapped already: one greedy allocation is a MemoryError and keeps the variables.
        (resource.RLIMIT_DATA, data_bytes() + args.memory_bytes * 3 // 4),
    ):
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
            score.write("700")
    except OSError:
        pass  # a hint only


def become_kernel(args, shell, control, stdout, stderr):
    os.setsid()
    set_dumpable(1)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.closerange(3, control) if control > 3 else None
    for fd in (stdout, stderr):
        os.close(fd)
    os.set_inheritable(control, False)
    sys.stdout = sys.__stdout__ = Stream(1)
    sys.stderr = sys.__stderr__ = Stream(2)
    set_limits(args)
    raise_thread_limits(args.cpus)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "matplotlib.pyplot" in sys.modules:
        os.environ["MPLBACKEND"] = "agg"  # of programs that the code starts
    os.chdir(args.data)
    sys.path.insert(0, "")
    gc.enable()

    channel = Channel(socket.socket(fileno=control))
    shell.channel = Stream.channel = channel
    channel.send(type="ready", pid=channel.pid)
    for message in channel.run_requests():
        run(shell, channel, message)
    os._exit(0)


def run(shell, channel, message):
    for number in (signal.SIGINT, signal.SIGUSR1):  # the code of an earlier cell may have changed them
        signal.signal(number, channel.on_signal)
    channel.error_shown = channel.error_sent = False
    channel.syncs_left = 1000
    Stream.latest = None
    error = None
    try:
        channel.in_cell = True
        result = shell.run_cell(message["code"], store_history=True)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as e:  # an interrupt between two of IPython's own statements
        error = e
    finally:
        channel.in_cell = False
    flush_streams()
    if os.getpid() != channel.pid:  # os.fork() in the cell: the copy must not go on as a second kernel
        os._exit(0)
    channel.pending = None
    if error is not None and not channel.error_sent:  # IPython could not format it
        text = f"{type(error).__name__}: {error!r:.1000}"
        channel.send(type="error", name=type(error).__name__[:256], value=text, traceback=text)
    channel.send(type="done", call=message["call"], status="ok" if error is None else "error")


def start_cold(args, fds):
    """A kernel by exec, for when a library has started a thread in the zygote: a fork could deadlock."""
    actions = [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(fds, CONTROL_FD)]
    program = [sys.executable, "-IB", "-X", "utf8", __file__, *sys.argv[1:], "--cold"]
    os.waitpid(os.posix_spawn(sys.executable, program, os.environ, file_actions=actions), 0)


def serve_forks(args, shell):
    control = socket.socket(fileno=CONTROL_FD)
    os.set_inheritable(CONTROL_FD, False)
    control.sendall(b'{"type":"ready"}\n')
    while True:
        request, fds, _, _ = socket.recv_fds(control, 64, 3)
        if not request:
            os._exit(0)
        try:
            if len(fds) == 3 and len(os.listdir("/proc/self/task")) > 1:
                start_cold(args, fds)
            elif len(fds) == 3:
                fork_kernel(args, shell, fds)
        except OSError as e:  # no room for a process: init sees the sockets closed and asks again
            print(f"kernel.py: no kernel can be forked: {e!r}", file=sys.stderr)
        for fd in fds:
            os.close(fd)


def fork_kernel(args, shell, fds):
    """Forks twice, so that the kernel becomes a child of init, which then knows how it ended."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        if os.fork() == 0:
            become_kernel(args, shell, *fds)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def main():
    args = arguments()
    set_dumpable(0)
    if args.cold:
        # Leaves the zygote's family like a forked kernel does, and what else it has inherited.
        if os.fork():
            os._exit(0)
        os.closerange(CONTROL_FD + 3, 64)
    else:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    gc.disable()  # importing makes little garbage, and looking for it takes a while
    import builtins

    builtins.input = no_input
    shell = make_shell()
    preload(args.preload, shell)
    if args.cold:
        become_kernel(args, shell, CONTROL_FD, CONTROL_FD + 1, CONTROL_FD + 2)
    ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()  # what little garbage there is stays; to look for it takes longer than to import IPython
    serve_forks(args, shell)


if __name__ == "__main__":
    main()
