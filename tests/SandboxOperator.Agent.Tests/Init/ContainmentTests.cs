using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

[Collection(RealSandboxCollection.Name)]
[Trait("Category", "Slow")]
public sealed class ContainmentTests(RealSandbox sandbox)
{
    [Fact]
    public void Hello_says_that_every_way_out_is_blocked()
    {
        sandbox
            .Hello.Isolation.Select(check => check.Name)
            .ShouldBe(["tcp", "udp", "ipv6", "dns", "metadata", "api-server", "netlink"]);
        sandbox.Hello.Isolation.ShouldAllBe(check => check.Blocked && check.Detail.Contains("not permitted"));
        sandbox.Hello.Limits.Select(limit => limit.Resource).ShouldBe(["memory", "processes", "disk"]);
    }

    [Theory]
    [InlineData("socket.socket(socket.AF_INET)")]
    [InlineData("socket.socket(socket.AF_INET, socket.SOCK_DGRAM)")]
    [InlineData("socket.socket(socket.AF_INET6)")]
    [InlineData("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)")]
    [InlineData("socket.socket(socket.AF_PACKET, socket.SOCK_RAW)")]
    [InlineData("socket.socket(socket.AF_VSOCK)")]
    [InlineData("socket.socket(socket.AF_UNIX).setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)")]
    [InlineData("os.unshare(0x10000000) if hasattr(os, 'unshare') else call('unshare', 272, 97, 0x10000000)")]
    [InlineData("call('setns', 308, 268, 0, 0)")]
    [InlineData("call('clone(CLONE_NEWUSER)', 56, 220, 0x10000000 | 17, 0, 0, 0, 0)")]
    [InlineData("call('ptrace', 101, 117, 0, 0, 0, 0)")]
    [InlineData("call('process_vm_readv', 310, 270, 1, 0, 0, 0, 0, 0)")]
    [InlineData("call('process_vm_writev', 311, 271, 1, 0, 0, 0, 0, 0)")]
    [InlineData("call('pidfd_getfd', 438, 438, 0, 0, 0)")]
    [InlineData("call('io_uring_setup', 425, 425, 1, 0)")]
    [InlineData("call('keyctl', 250, 219, 0, 0)")]
    [InlineData("call('add_key', 248, 217, 0, 0, 0, 0, 0)")]
    [InlineData("call('request_key', 249, 218, 0, 0, 0, 0)")]
    [InlineData("call('bpf', 321, 280, 0, 0, 0)")]
    [InlineData("call('perf_event_open', 298, 241, 0, 0, 0, 0, 0)")]
    [InlineData("call('userfaultfd', 323, 282, 0)")]
    [InlineData("call('mount', 165, 40, 0, 0, 0, 0, 0)")]
    [InlineData("call('umount2', 166, 39, 0, 0)")]
    [InlineData("call('fsopen', 430, 430, 0, 0)")]
    [InlineData("call('kexec_load', 246, 104, 0, 0, 0, 0)")]
    [InlineData("call('init_module', 175, 105, 0, 0, 0)")]
    [InlineData("call('open_by_handle_at', 304, 265, 0, 0, 0)")]
    [InlineData("call('shmget', 29, 194, 0, 4096, 0o1000)")]
    [InlineData("call('prlimit64 of init', 302, 261, 1, 7, ctypes.addressof((ctypes.c_long * 2)()), 0)")]
    public void A_forbidden_system_call_is_not_permitted(string attempt)
    {
        var result = sandbox.Run(
            $$"""
            import ctypes, os, platform, socket
            def call(name, x64, arm64, *args):
                libc = ctypes.CDLL(None, use_errno=True)
                number = arm64 if platform.machine() == "aarch64" else x64
                if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, args)) < 0:
                    raise OSError(ctypes.get_errno(), name)
            try:
                {{attempt}}
                print("permitted")
            except OSError as e:
                print(e.errno)
            """
        );

        result.ShouldPrint().ShouldBe("1\n");
    }

    [Fact]
    public void Newer_and_uncounted_system_calls_do_not_exist()
    {
        var result = sandbox.Run(
            """
            import ctypes, platform
            libc = ctypes.CDLL(None, use_errno=True)
            arm = platform.machine() == "aarch64"
            for number in (435, 279 if arm else 319):
                print(libc.syscall(ctypes.c_long(number), 0, 0), ctypes.get_errno())
            """
        );

        result.ShouldPrint().ShouldBe("-1 38\n-1 38\n");
    }

    [Fact]
    public void A_call_of_a_foreign_instruction_set_ends_the_kernel()
    {
        Assert.SkipUnless(
            System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
                == System.Runtime.InteropServices.Architecture.X64,
            "only x86-64 has one"
        );
        // mov eax, 20 (getpid of i386); int 0x80; ret
        var result = sandbox.Run(
            """
            import ctypes, mmap
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
            ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
            """
        );

        result.Done.Message.ShouldBe("killed: forbidden system call (SIGSYS); variables are lost");
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void Nothing_that_was_open_outside_is_open_inside()
    {
        // A new kernel, which has opened nothing itself.
        sandbox.Run("import os; os._exit(0)");

        sandbox
            .Run(
                """
                import os, stat
                opened = [fd for fd in map(int, os.listdir("/proc/self/fd")) if fd > 2]
                for fd in opened:
                    try:
                        print(stat.S_ISSOCK(os.fstat(fd).st_mode))
                    except OSError:
                        pass  # the listing itself
                """
            )
            .ShouldPrint()
            .ShouldBe("True\n", "the control socket is the only one");
    }

    [Fact]
    public void Local_sockets_and_pairs_work() =>
        sandbox
            .Run(
                """
                import socket
                a, b = socket.socketpair()
                a.send(b"x")
                print(b.recv(1), socket.socket(socket.AF_UNIX).family.name)
                """
            )
            .ShouldPrint()
            .ShouldBe("b'x' AF_UNIX\n");

    [Theory]
    [InlineData("/proc/1/environ")]
    [InlineData("/proc/1/mem")]
    [InlineData("/proc/1/maps")]
    [InlineData("/proc/1/fd")]
    [InlineData("/proc/1/root")]
    [InlineData("/proc/{zygote}/environ")]
    [InlineData("/proc/{zygote}/mem")]
    [InlineData("/proc/{zygote}/fd")]
    public void Init_and_zygote_are_closed_to_the_code(string path)
    {
        var result = sandbox.Run(
            $$"""
            import os
            def comm(pid):
                return open(f"/proc/{pid}/cmdline").read()
            pids = [p for p in os.listdir("/proc") if p.isdigit() and p not in ("1", str(os.getpid()))]
            zygote = next(p for p in pids if "kernel.py" in comm(p))
            path = f"{{path}}"
            try:
                print(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1))
            except PermissionError:
                print("closed")
            """
        );

        result.ShouldPrint();
        result.Stdout.ShouldBe("closed\n");
    }

    [Fact]
    public void Nothing_of_the_outer_environment_is_inside() =>
        sandbox
            .Run(
                """
                import glob, os
                found = "swordfish" in str(os.environ)
                for path in glob.glob("/proc/[0-9]*/environ"):
                    try:
                        found = found or b"swordfish" in open(path, "rb").read()
                    except OSError:
                        pass
                print(found, os.getcwd(), os.path.expanduser("~"))
                """
            )
            .ShouldPrint()
            .ShouldBe("False /mnt/data /tmp/home\n");

    [Fact]
    public void No_signal_from_inside_disturbs_init()
    {
        sandbox
            .Run(
                """
                import os
                for task in os.listdir("/proc/1/task"):
                    for signal in range(1, 65):
                        os.kill(int(task), signal)
                """
            )
            .Done.Status.ShouldBe("ok");

        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }
}
