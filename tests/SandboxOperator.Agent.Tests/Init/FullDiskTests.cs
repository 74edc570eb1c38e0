using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

/// <summary>Code that fills the disk.</summary>
[Collection(RealSandboxCollection.Name)]
[Trait("Category", "Slow")]
public sealed class FullDiskTests(RealSandbox sandbox)
{
    [Fact]
    public void One_huge_file_is_an_exception()
    {
        var result = sandbox.Run("f = open('/tmp/big', 'wb')\nwhile True: f.write(bytes(1 << 20))");

        result.Error.Name.ShouldBe("OSError");
        sandbox.Run("import os; os.remove('/tmp/big'); f.close(); print('gone')").ShouldPrint().ShouldBe("gone\n");
    }

    [Fact]
    public void Many_files_over_the_disk_limit_are_an_exception_and_deleting_helps()
    {
        // At once over the limit, but not at twice the limit, where it would be killed: then it waits to be told.
        const string Fill = """
            import os, time
            for i in range(28):
                with open(f"part{i}", "wb") as f: f.write(bytes(8 << 20))
            with open("part-last", "wb") as f: os.posix_fallocate(f.fileno(), 0, 80 << 20)
            time.sleep(1000)
            """;
        var result = sandbox.Run(Fill);

        result.Error.Name.ShouldBe("OSError");
        result.Error.Value.ShouldContain("disk limit");
        result.Done.StateLost.ShouldBeFalse();
        // Reading and deleting while over the limit is not punished.
        sandbox
            .Run("import glob, os\nfor p in glob.glob('part*'): os.remove(p)\nprint(i > 10)")
            .ShouldPrint()
            .ShouldBe("True\n");
        sandbox.Run("open('small', 'w').write('x'); print('fits')").ShouldPrint().ShouldBe("fits\n");
    }

    [Theory]
    [InlineData(
        """
            import subprocess
            script = "n=0; while true; do n=$((n+1)); head -c 8000000 /dev/zero > part$n; done"
            writer = subprocess.Popen(["/bin/sh", "-c", script])
            while True:
                try:
                    writer.wait()
                except OSError:
                    pass
            """,
        "killed: disk full (limit 256 MiB); variables are lost; delete files under /mnt/data or /tmp before writing more"
    )]
    [InlineData(
        """
            n = 0
            while True:
                n += 1
                try:
                    open(f"part{n}", "w").close()
                except OSError:
                    pass
            """,
        "killed: too many files (limit 3000, in folders nested at most 100 deep); variables are lost; "
            + "delete files under /mnt/data or /tmp before writing more"
    )]
    public void What_goes_on_writing_is_killed(string code, string message)
    {
        var result = sandbox.Run(code);

        result.Done.Status.ShouldBe("killed");
        result.Done.Message.ShouldBe(message);
        sandbox.Run("import glob, os\nfor p in glob.glob('part*'): os.remove(p)").Done.Status.ShouldBe("ok");
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void Folders_nested_too_deep_to_be_counted_are_too_many_and_can_be_deleted()
    {
        const string Nest = """
            import os, time
            for _ in range(300):
                os.mkdir('part'); os.chdir('part')
            time.sleep(1000)
            """;
        var result = sandbox.Run(Nest);

        result.Done.Status.ShouldBe("killed");
        result.Done.Message.ShouldNotBeNull().ShouldContain("nested at most 100 deep");
        sandbox.Run("import shutil; shutil.rmtree('part'); print('gone')").ShouldPrint().ShouldBe("gone\n");
        sandbox.Run("print('on')").ShouldPrint().ShouldBe("on\n");
    }

    [Fact]
    public void A_deleted_file_that_is_still_open_counts()
    {
        var result = sandbox.Run(
            """
            import os, time
            files = []
            for mebibytes in [2] * 100 + [100]:  # at once over the limit, but not at twice the limit
                f = open("hidden", "wb")
                os.remove("hidden")
                os.posix_fallocate(f.fileno(), 0, mebibytes << 20)
                files.append(f)
            time.sleep(1000)
            """
        );

        result.Error.Value.ShouldContain("disk limit");
        sandbox.Run("[f.close() for f in files]; print('closed')").Done.Status.ShouldBe("ok");
    }

    [Fact]
    public void A_call_does_not_pay_for_what_the_last_one_wrote()
    {
        // Measured before the next call starts, while it starts, or while it runs: every moment is met.
        const string Fill = """
            import os
            with open("full", "wb") as f:
                os.posix_fallocate(f.fileno(), 0, 256 << 20)  # with what else there is, a little over the limit
            raise OSError("full")
            """;
        sandbox.Run("kept = 42");
        for (var milliseconds = 0; milliseconds < 120; milliseconds += 2)
        {
            sandbox.Run(Fill).Done.StateLost.ShouldBeFalse();
            sandbox
                .Run($"import os, time\ntime.sleep({milliseconds} / 1000)\nos.remove('full')\nprint(kept)")
                .ShouldPrint()
                .ShouldBe("42\n", $"after {milliseconds} ms");
        }
    }

    [Fact]
    public async Task A_call_after_one_that_took_far_too_much_runs_in_the_next_kernel()
    {
        const string Fill = """
            import os
            for name in ("far1", "far2", "far3"):
                with open(name, "wb") as f:
                    os.posix_fallocate(f.fileno(), 0, 250 << 20)
            """;
        for (var milliseconds = 0; milliseconds < 60; milliseconds += 3)
        {
            sandbox.Run(Fill);
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            sandbox
                .Run("import glob, os\nfor p in glob.glob('far*'): os.remove(p)\nprint('on')")
                .ShouldPrint()
                .ShouldEndWith("on\n", customMessage: $"after {milliseconds} ms");
        }
    }

    [Fact]
    public void What_was_deleted_is_no_allowance_for_the_next_call()
    {
        const string Full = """
            n = 0
            while True:
                n += 1
                try:
                    with open(f"part{n}", "wb") as f:
                        f.write(bytes(8 << 20))
                except OSError:
                    pass
            """;
        const string Held = """
            import os, time
            held = [os.open(name, os.O_CREAT | os.O_RDWR) for name in ("held1", "held2")]
            for each in held:
                os.posix_fallocate(each, 0, 150 << 20)  # at once: no measurement sees it grow
            time.sleep(1000)
            """;

        sandbox.Run(Full).Done.Status.ShouldBe("killed");
        sandbox.Run("import glob, os\nfor p in glob.glob('part*'): os.remove(p)").Done.Status.ShouldBe("ok");
        sandbox.Run(Held).Error.Value.ShouldContain("disk limit");
        sandbox
            .Run("for each in held: os.close(each)\nfor p in glob.glob('held*'): os.remove(p)")
            .Done.Status.ShouldBe("ok");
    }
}
