using System.Diagnostics;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Local.Launching;
using SandboxOperator.Sandboxes.Tests.Fakes;
using Shouldly;
using static SandboxOperator.Sandboxes.Tests.Fakes.LocalMachine;

namespace SandboxOperator.Sandboxes.Tests.Local;

/// <summary>What code sees, with the real agent in real bubblewrap.</summary>
public sealed class RealSandboxTests(RealMachine real, ITestOutputHelper output) : IClassFixture<RealMachine>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Code_runs_and_variables_stay()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("run"), Token);

        (await RunAsync(sandbox, "x = 20\nprint(1 + 1)")).Text.ShouldBe("2\n");
        (await RunAsync(sandbox, "print(x + 1)")).Text.ShouldBe("21\n");

        // Not asserted, because machines differ: what a call costs, and what an idle sandbox holds.
        for (var round = 0; round < 200; round++)
        {
            await RunAsync(sandbox, "print(1+1)");
        }

        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 500; round++)
        {
            await RunAsync(sandbox, "print(1+1)");
        }

        output.WriteLine($"print(1+1): {watch.Elapsed.TotalMilliseconds / 500:0.000} ms");
        output.WriteLine($"PSS of a sandbox: {Pss(sandbox)} KiB");
    }

    [Fact]
    public async Task Two_threads_share_nothing()
    {
        var one = await real.Gateway.OpenAsync(Key("one"), Token);
        var two = await real.Gateway.OpenAsync(Key("two"), Token);
        await RunAsync(
            one,
            "secret = 'mine'; open('/mnt/data/a.txt', 'w').write(secret); open('/tmp/a', 'w').write(secret)"
        );
        await RunAsync(one, "import subprocess; p = subprocess.Popen(['sleep', '1234'])");

        (await RunAsync(two, "print('secret' in globals())")).Text.ShouldBe("False\n");
        (await RunAsync(two, "import os; print(os.listdir('/mnt/data'), os.listdir('/tmp'))")).Text.ShouldBe("[] []\n");
        (await RunAsync(two, "!ls /dev/shm; cat /proc/*/cmdline | tr '\\0' ' '")).Text.ShouldNotContain("1234");
        (await RunAsync(two, "!find / -name a.txt 2>/dev/null")).Text.ShouldBe("");
        if (Environment.IsPrivilegedProcess)
        {
            var users = real.Machine.Folders.Select(folder => new SandboxFolder(folder).Read()!.Uid).ToList();
            users.ShouldAllBe(uid => uid > 1000);
            users.Distinct().Count().ShouldBe(users.Count);
        }
    }

    [Fact]
    public async Task Memory_that_no_limit_counts_cannot_be_had_as_files()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("dev"), Token);

        (
            await RunAsync(
                sandbox,
                "import os\nfor p in ('/dev', '/', '/dev/pts', '/run/sandbox'):\n  try: open(p + '/x', 'w'); print(p)\n  except OSError as e: pass"
            )
        ).Text.ShouldBe("");
        (
            await RunAsync(sandbox, "import pty; open('/dev/null', 'w').write('x'); print(len(pty.openpty()))")
        ).Text.ShouldBe("2\n");
    }

    [Fact]
    public async Task Nothing_of_the_machine_can_be_read()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("host"), Token);
        Environment.SetEnvironmentVariable("SANDBOX_TEST_SECRET", "sk-secret");

        (await RunAsync(sandbox, "import os; print(sorted(os.listdir('/')))")).Text.ShouldBe(
            "['bin', 'dev', 'etc', 'home', 'lib', 'lib64', 'mnt', 'opt', 'proc', 'run', 'sbin', 'tmp', 'usr', 'var']\n".Replace(
                "'lib', 'lib64'",
                string.Join(
                    ", ",
                    new[] { "/lib", "/lib32", "/lib64", "/libx32" }
                        .Where(Directory.Exists)
                        .Select(path => $"'{path[1..]}'")
                )
            )
        );
        (
            await RunAsync(
                sandbox,
                "print(os.path.exists('/etc/shadow'), os.path.exists('/root'), os.listdir('/home'), os.listdir('/run'))"
            )
        ).Text.ShouldBe("False False ['sandbox'] ['sandbox']\n");
        (
            await RunAsync(sandbox, "print(open('/etc/passwd').read().count('\\n'), os.uname().nodename, os.getuid())")
        ).Text.ShouldBe("3 sandbox 1000\n");
        (await RunAsync(sandbox, "!cat /proc/*/environ | tr '\\0' '\\n'")).Text.ShouldNotContain("sk-secret");
        (await RunAsync(sandbox, "print(dict(os.environ))")).Text.ShouldNotContain("sk-secret");
        (await RunAsync(sandbox, "!find / -type s -not -path /run/sandbox/kernel.sock 2>/dev/null")).Text.ShouldBe("");
    }

    [Fact]
    public async Task Nothing_but_its_own_folders_can_be_written()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("write"), Token);
        const string Code = """
            import os
            for path in ['/', '/usr', '/etc', '/opt/sandbox', '/run/sandbox', '/mnt', '/home', '/var', '/etc/passwd', '/opt/sandbox/kernel.py']:
                try:
                    target = path if os.path.isfile(path) else os.path.join(path, 'x')
                    open(target, 'a').close()
                    print('written', path)
                except OSError as error:
                    pass
            for path in ['/mnt/data', '/home/sandbox', '/tmp', '/var/tmp', '/dev/shm', os.environ['MPLCONFIGDIR']]:
                open(os.path.join(path, 'x'), 'w').write('ok')
            print('done')
            """;

        (await RunAsync(sandbox, Code)).Text.ShouldBe("done\n");
    }

    [Fact]
    public async Task No_network_of_any_kind_is_there()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("net"), Token);
        const string Code = """
            import socket, errno
            for family, kind in [(2, 1), (2, 2), (10, 1), (16, 3), (17, 3), (40, 1)]:
                try:
                    s = socket.socket(family, kind); print('made', family)
                except OSError as error:
                    pass
            try:
                print(socket.getaddrinfo('example.org', 80))
            except OSError as error:
                print('no name')
            """;

        (await RunAsync(sandbox, Code)).Text.ShouldBe("no name\n");
        var checks = await real.Gateway.CheckAsync(Token);
        checks.ShouldAllBe(check => check.Ok);
        checks.ShouldContain(check => check.Name.StartsWith("isolation:", StringComparison.Ordinal));
        foreach (var check in checks)
        {
            output.WriteLine($"{check.Name}: {check.Detail}");
        }
    }

    [Fact]
    public async Task The_first_figure_does_not_list_the_fonts_anew()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("plot"), Token);
        const string Code = """
            import os, glob, time
            path = glob.glob(os.environ['MPLCONFIGDIR'] + '/fontlist*')[0]
            before = os.stat(path).st_mtime_ns
            import matplotlib.pyplot as plt
            plt.plot([1, 2]); plt.title('x'); plt.savefig('/mnt/data/a.png')
            print(os.stat(path).st_mtime_ns == before)
            """;

        (await RunAsync(sandbox, Code)).Text.ShouldContain("True");
        var listed = await sandbox.ListFilesAsync(Token);
        listed.Files.Single().Path.ShouldBe("a.png");
    }

    [Fact]
    public async Task Files_go_in_and_out_whatever_their_size()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("files"), Token);
        var bytes = new byte[40 << 20];
        new Random(1).NextBytes(bytes);

        await sandbox.PutFileAsync("big.bin", new MemoryStream(bytes), null, "file-abc", Token);

        (
            await RunAsync(
                sandbox,
                "import hashlib; print(hashlib.sha256(open('/mnt/data/file-abc', 'rb').read()).hexdigest())"
            )
        )
            .Text.Trim()
            .ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        await RunAsync(sandbox, "import shutil; shutil.copy('big.bin', 'copy.bin')");
        await using var file = (await sandbox.OpenFileAsync("copy.bin", Token)).ShouldNotBeNull();
        var back = new MemoryStream();
        await file.Content.CopyToAsync(back, Token);
        back.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        await sandbox.DeleteFileAsync("copy.bin", Token);
        (await sandbox.OpenFileAsync("copy.bin", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_does_not_fit_is_refused_and_leaves_nothing()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("full"), Token);
        await using var endless = new FileStream("/dev/zero", FileMode.Open, FileAccess.Read);

        await Should.ThrowAsync<SandboxFileException>(() => sandbox.PutFileAsync("a", endless, 1L << 40, null, Token));

        (await sandbox.ListFilesAsync(Token)).Files.ShouldBeEmpty();
        (await RunAsync(sandbox, "print(1)")).Text.ShouldBe("1\n");
    }

    [Fact]
    public async Task A_kernel_killed_by_its_memory_says_so_and_the_next_call_works()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("memory"), Token);

        var (_, done) = await RunAsync(sandbox, "a = bytearray(4 << 30); a[::4096] = b'x' * len(a[::4096])");

        output.WriteLine($"{done.Status}: {done.Message}");
        (await RunAsync(sandbox, "print(1)")).Text.ShouldBe("1\n");
    }

    [Fact]
    public async Task A_stuck_call_is_interrupted()
    {
        var sandbox = await real.Gateway.OpenAsync(Key("stuck"), Token);
        var request = new CallRequest
        {
            Id = "stuck",
            Code = "print('begun', flush=True)\nimport time\nwhile True: time.sleep(1)",
            Incarnation = sandbox.Incarnation,
        };
        CallDone? done = null;
        await foreach (var next in sandbox.RunAsync(request, Token))
        {
            if (next is CallOutput { Stream: "stdout" })
            {
                await sandbox.InterruptAsync("stuck", Token);
            }

            done = next as CallDone;
        }

        done!.Status.ShouldBe(CallStatuses.Interrupted);
    }

    private long Pss(ISandbox sandbox)
    {
        var folder = real.Machine.Folders.First(path =>
            new SandboxFolder(path).Read()!.Session!.ThreadId == sandbox.Info.Key.ThreadId
        );
        var uid = new SandboxFolder(folder).Read()!.Uid;
        return ProcessTable
            .All()
            .Where(pid => ProcessTable.User(pid) == uid)
            .Select(pid =>
                File.ReadLines($"/proc/{pid}/smaps_rollup")
                    .First(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            )
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
    }
}
