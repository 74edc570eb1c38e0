using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Local.Launching;
using SandboxOperator.Sandboxes.Tests.Fakes;
using SandboxOperator.Testing;
using Shouldly;
using static SandboxOperator.Sandboxes.Tests.Fakes.LocalMachine;

namespace SandboxOperator.Sandboxes.Tests.Local;

/// <summary>How real sandboxes come and go.</summary>
public sealed class RealLifetimeTests : IAsyncLifetime
{
    private readonly LocalMachine _machine = new();
    private string _agent = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _agent = await AgentBinary.PathAsync();

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public async Task Files_outlive_a_stop_and_variables_do_not()
    {
        var first = Gateway();
        var before = await first.OpenAsync(Key("a"), Token);
        await RunAsync(before, "x = 1; open('kept.txt', 'w').write('kept')");
        await RunAsync(before, "import subprocess; subprocess.Popen(['setsid', 'sleep', '4321'])");
        var uid = new SandboxFolder(_machine.Folders.Single()).Read()!.Uid;

        await first.StopAsync(Token);

        _machine.Processes.ShouldBeEmpty();
        ProcessTable.All().Where(pid => ProcessTable.Arguments(pid) is ["sleep", "4321"]).ShouldBeEmpty();
        if (uid is not null)
        {
            ProcessTable.All().Where(pid => ProcessTable.User(pid) == uid).ShouldBeEmpty();
        }

        Groups().ShouldBeEmpty();
        var after = await Gateway().OpenAsync(Key("a"), Token);
        (await RunAsync(after, "print('x' in globals(), open('kept.txt').read())")).Text.ShouldBe("False kept\n");
        after.VolumeId.ShouldBe(before.VolumeId);
        after.Incarnation.ShouldNotBe(before.Incarnation);
    }

    [Fact]
    public async Task Variables_outlive_a_killed_gateway()
    {
        var incarnation = await KilledGateway.RunAsync(_machine.Directory, Key("a"), _agent, warm: 0, "x = 41");

        var sandbox = await Gateway().OpenAsync(Key("a"), Token);

        sandbox.Incarnation.ShouldBe(incarnation);
        (await RunAsync(sandbox, "print(x + 1)")).Text.ShouldBe("42\n");
    }

    [Fact]
    public async Task A_warm_sandbox_is_ready_for_its_first_call()
    {
        var gateway = Gateway(options => options.Warm = 1);
        await gateway.StartAsync(Token);
        await UntilAsync(() => Task.FromResult(gateway.IsWarm));

        var sandbox = await gateway.OpenAsync(Key("a"), Token);

        sandbox.Info.Launch.ShouldBe(SandboxLaunch.Warm);
        (await RunAsync(sandbox, "import sys; print('pandas' in sys.modules)")).Text.ShouldBe("True\n");
    }

    [Fact]
    public async Task An_ended_sandbox_leaves_no_file_however_it_hid_them()
    {
        var gateway = Gateway();
        var sandbox = await gateway.OpenAsync(Key("a"), Token);
        const string Hide = """
            import os
            for _ in range(90):
                os.mkdir('a' * 250); os.chdir('a' * 250)
            open('beyond the length of any path', 'w').close()
            os.chdir('/mnt/data'); os.mkdir('locked'); open('locked/x', 'w').close(); os.chmod('locked', 0)
            os.symlink('/etc', 'link')
            print('hidden')
            """;
        var (text, done) = await RunAsync(sandbox, Hide);
        text.ShouldBe("hidden\n", done.ToString());
        const string Nest = """
            os.chdir('/mnt/data')
            for depth in range(600):
                os.mkdir('b'); os.chdir('b')
            """;
        // It is nested deeper than a kernel may go on with: whether that is seen before the call is over is luck.
        (await RunAsync(sandbox, Nest)).Done.Status.ShouldBeOneOf(CallStatuses.Ok, CallStatuses.Killed);

        await gateway.EndAsync(Key("a"), Token);

        Directory.EnumerateFileSystemEntries($"{_machine.Directory}/s").ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries($"{_machine.Directory}/trash").ShouldBeEmpty();
    }

    private LocalSandboxes Gateway(Action<LocalSandboxOptions>? configure = null) =>
        _machine.Gateway(options =>
        {
            RealMachine.Configure(options, _agent);
            configure?.Invoke(options);
        });

    private IEnumerable<string> Groups() =>
        Directory
            .EnumerateDirectories("/sys/fs/cgroup")
            .Prepend("/sys/fs/cgroup")
            .Select(root => $"{root}/sandbox-operator-{Path.GetFileName(_machine.Directory)}")
            .Where(Directory.Exists);
}
