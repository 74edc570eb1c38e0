using SandboxOperator.Agent.Link;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

[Collection(RealSandboxCollection.Name)]
[Trait("Category", "Slow")]
public sealed class BadLuckTests(RealSandbox sandbox)
{
    [Theory]
    [InlineData(
        "import os; os._exit(7)",
        "killed: the code ended its own process with exit code 7; variables are lost"
    )]
    [InlineData("import ctypes; ctypes.string_at(0)", "killed: segmentation fault (SIGSEGV); variables are lost")]
    [InlineData("import os; os.abort()", "killed: aborted (SIGABRT); variables are lost")]
    [InlineData(
        "import os; os.kill(os.getpid(), 9)",
        "killed: by signal 9 (SIGKILL), which the code itself or the machine's memory limit sends; variables are lost"
    )]
    [InlineData(
        "import os, time\nos.fork()\nl = [bytearray(1 << 20) for _ in range(300)]\ntime.sleep(1000)",
        "killed: out of memory (512 MiB); variables are lost"
    )]
    [InlineData(
        "import subprocess, sys\nfor p in [subprocess.Popen([sys.executable, '-c', 'x = bytearray(150 << 20); input()'],"
            + " stdin=subprocess.PIPE) for _ in range(5)]: p.wait()",
        "killed: out of memory (512 MiB); variables are lost"
    )]
    [InlineData(
        "import os, socket, time\nall(os.fork() for _ in range(3))\n"
            + "pairs = [socket.socketpair() for _ in range(450)]\ntime.sleep(1000)",
        "killed: out of memory (512 MiB); variables are lost"
    )]
    [InlineData(
        "import mmap, time\nm = mmap.mmap(-1, 300 << 30, 0x4022, mmap.PROT_READ)\nm.madvise(15)\n"
            + "for at in range(0, 300 << 30, 2 << 20): m[at]\ntime.sleep(1000)",
        "killed: out of memory (512 MiB); variables are lost"
    )]
    [InlineData(
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
        "killed: too many processes (limit 64); variables are lost"
    )]
    [InlineData(
        "import subprocess\np = [subprocess.Popen(['sleep', '1000'], start_new_session=True) for _ in range(80)]\np[0].wait()",
        "killed: too many processes (limit 64); variables are lost"
    )]
    public void The_call_reads_what_happened_and_the_next_one_works(string code, string message)
    {
        sandbox.Run("lost = 1");

        var result = sandbox.Run(code);

        result.Done.Status.ShouldBe("killed");
        result.Done.StateLost.ShouldBeTrue();
        result.Done.Message.ShouldBe(message);
        sandbox.Run("import pandas; print('lost' in globals(), 1 + 1)").ShouldPrint().ShouldBe("False 2\n");
    }

    /// <summary>
    /// The watch mostly comes first; on a busy machine the system's own limit does, and the exception of the fork that
    /// failed ends the cell, or only children of it. The call after it notices nothing in any case.
    /// </summary>
    [Theory]
    [InlineData("import os\nwhile True: os.fork()")]
    [InlineData("import os\nfor _ in range(60): os.fork() or os.fork()\nwhile True: os.fork()")]
    [InlineData("import os\nif os.fork() == 0:\n  while True: os.fork()\nos.wait()")]
    [InlineData("import subprocess\nwhile True: subprocess.Popen(['sleep', '1000'])")]
    [InlineData("import subprocess\nsubprocess.run(['sh', '-c', 'f() { f | f & }; f'])")]
    [InlineData(
        "import multiprocessing as m, time\nfor _ in range(300): m.Process(target=time.sleep, args=[1000]).start()"
    )]
    [InlineData(
        "import subprocess, sys\nc = 'import subprocess, sys\\nwhile 1: subprocess.Popen([sys.executable, sys.argv[0]])'\n"
            + "open('b.py', 'w').write(c)\nsubprocess.run([sys.executable, 'b.py'])"
    )]
    public void A_fork_bomb_ends_whoever_stops_it_and_the_next_call_works(string bomb)
    {
        for (var round = 0; round < 2; round++)
        {
            var result = sandbox.Run(bomb);

            if (result.Done.Status == "killed")
            {
                result.Done.Message.ShouldBe("killed: too many processes (limit 64); variables are lost");
            }
            else
            {
                string.Concat(result.Messages).ShouldMatch("Resource temporarily unavailable|Cannot fork");
            }

            sandbox.Run("import pandas; print(1 + 1)").ShouldPrint().ShouldBe("2\n");
        }
    }

    [Fact]
    public void What_a_call_starts_in_the_background_stays()
    {
        sandbox.Run("import subprocess; p = [subprocess.Popen(['sleep', '1000']) for _ in range(50)]").ShouldPrint();

        sandbox.Run("print([x.poll() for x in p] == [None] * 50)").ShouldPrint().ShouldBe("True\n");

        sandbox.Run("for x in p: x.kill(); x.wait()").ShouldPrint();
    }

    [Fact]
    public void One_greedy_allocation_is_an_exception_and_keeps_the_variables()
    {
        sandbox.Run("kept = 1");

        sandbox.Run("import numpy; numpy.ones(10**9)").Error.Name.ShouldEndWith("MemoryError");

        sandbox.Run("print(kept)").ShouldPrint().ShouldBe("1\n");
    }

    [Theory]
    [InlineData("import time; time.sleep(1000)")]
    [InlineData("while True: pass")]
    [InlineData("!sleep 1000")]
    [InlineData("import os; os.system('sleep 1000'); raise KeyboardInterrupt")]
    [InlineData("import numpy\nwhile True: numpy.ones(1000).sum()")]
    public void A_call_over_its_time_is_stopped_and_keeps_the_variables(string code)
    {
        // A kernel that comes to its code late, or takes long to stop, is ended: once the machine has time.
        CallResult result;
        var tries = 0;
        do
        {
            sandbox.Run("kept = 1");
            result = sandbox.Run(code, timeoutMs: 300);
        } while (result.Done.StateLost && ++tries < 5);

        result.Done.Status.ShouldBe("timeout");
        result.Done.Message.ShouldBe("stopped: took longer than 0.3 s; variables are kept");
        result.Error.Traceback.ShouldNotContain("kernel.py");
        sandbox.Run("print(kept)").ShouldPrint().ShouldBe("1\n");
    }

    [Fact]
    public void A_call_that_does_not_stop_is_killed()
    {
        var result = sandbox.Run("import signal; signal.pthread_sigmask(0, [2])\nwhile True: pass", timeoutMs: 200);

        result.Done.Status.ShouldBe("timeout");
        result.Done.StateLost.ShouldBeTrue();
        result.Done.Message.ShouldBe(
            "killed: took longer than 0.2 s and did not stop when interrupted; variables are lost"
        );
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void An_interrupt_stops_its_call_only()
    {
        var call = sandbox.Start("import time\nprint('running', flush=True)\ntime.sleep(1000)");
        sandbox.Read(); // it runs
        sandbox.Interrupt("another one");
        sandbox.Interrupt(call);

        sandbox.Finish(call).Done.Status.ShouldBe("interrupted");

        sandbox.Interrupt(call);
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void A_dead_zygote_is_replaced()
    {
        sandbox
            .Run(
                """
                import os
                kept = 1
                for name in os.listdir("/proc"):
                    if name.isdigit() and int(name) not in (1, os.getpid()):
                        os.kill(int(name), 9)
                """
            )
            .Done.Status.ShouldBe("ok");

        sandbox.Run("print(kept)").ShouldPrint().ShouldBe("1\n");
        sandbox.Run("os._exit(1)").Done.StateLost.ShouldBeTrue();
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void A_new_kernel_begins_without_the_old_ones_processes()
    {
        sandbox.Run("import subprocess\nsubprocess.Popen(['sleep', '12345'], start_new_session=True)");
        sandbox.Run("import os; os._exit(1)");

        sandbox
            .Run(
                """
                import glob
                print([1 for p in glob.glob("/proc/[0-9]*/cmdline") if b"12345" in open(p, "rb").read()])
                """
            )
            .ShouldPrint()
            .ShouldBe("[]\n");
    }

    [Fact]
    public void A_kernel_that_dies_between_calls_is_reported_and_replaced()
    {
        sandbox.Run(
            """
            import os, sys, threading, time
            main = threading.main_thread().ident
            def runs(frame):
                return frame is not None and (frame.f_code.co_name == "run" or runs(frame.f_back))
            def die():
                while runs(sys._current_frames()[main]):  # until the call has ended
                    time.sleep(0.01)
                os._exit(5)
            threading.Thread(target=die).start()
            """
        );

        sandbox
            .Read()
            .ShouldBe(
                new LinkMessage.Lost("killed: the code ended its own process with exit code 5; variables are lost")
            );
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"display\",\"n\":1,\"is_result\":false,\"data\":{\"text/plain\":\"\\ud800\"}}")]
    [InlineData("{\"type\":\"error\"}")]
    [InlineData("[[[[[[[[[[]]]]]]]]]]")]
    [InlineData("HUGE")]
    public void A_hostile_line_on_the_control_socket_ends_the_kernel_only(string line)
    {
        // A new kernel: sockets that another test has left open would take the line, or block it.
        sandbox.Run("import os; os._exit(0)");

        var result = sandbox.Run(
            $$""""
            import ctypes, os, stat, time
            line = r"""{{line}}"""
            line = "x" * (20 << 20) if line == "HUGE" else line
            for fd in range(3, 20):
                try:
                    if stat.S_ISSOCK(os.fstat(fd).st_mode):
                        os.write(fd, line.encode() + b"\n")
                except OSError:
                    pass
            time.sleep(30)
            """"
        );

        result.Done.Status.ShouldBe("killed");
        result.Done.Message!.ShouldContain("controlled by");
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void A_forged_end_of_a_call_mixes_no_two_kernels()
    {
        sandbox
            .Run(
                """
                import os, stat, sys
                import json
                call = sys._getframe
                control = [fd for fd in range(3, 20) if os.path.exists(f"/proc/self/fd/{fd}") and stat.S_ISSOCK(os.fstat(fd).st_mode)][0]
                forged = json.dumps({"type": "done", "call": "call-of-nobody", "status": "ok"}).encode() + b"\n"
                os.write(control, forged + b'{"type":"ready","pid":1}\n')
                print("still here")
                """
            )
            .ShouldPrint()
            .ShouldBe("still here\n");

        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void A_kernel_that_never_reads_its_acks_stops_nobody()
    {
        sandbox
            .Run(
                """
                import os, socket, stat
                control = [fd for fd in range(3, 20) if os.path.exists(f"/proc/self/fd/{fd}") and stat.S_ISSOCK(os.fstat(fd).st_mode)][0]
                socket.socket(fileno=os.dup(control)).sendall(b'{"type":"sync","n":1}\n' * 20000)
                """
            )
            .ShouldPrint()
            .ShouldBe("");

        sandbox.Run("import sys; print(1); print(2, file=sys.stderr); print(3)").ShouldPrint().ShouldBe("1\n3\n");
    }

    [Fact]
    public void A_call_after_one_that_kept_too_much_memory_runs_in_the_next_kernel()
    {
        const string Keep = """
            rows = []
            while True:
                rows.append(bytearray(16 << 20))
            """;
        for (var round = 0; round < 8; round++)
        {
            sandbox.Run(Keep);
            sandbox.Run("print('on')").ShouldPrint().ShouldEndWith("on\n");
        }
    }

    [Fact]
    public void A_closed_control_socket_ends_the_kernel_only()
    {
        var result = sandbox.Run("import os; os.closerange(3, 1000)\nimport time; time.sleep(30)");

        result.Done.Status.ShouldBe("killed");
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }
}
