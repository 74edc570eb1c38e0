using System.Diagnostics;
using System.Globalization;
using SandboxOperator.Api.Agent;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Kubernetes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>Code in real pods, as a gateway runs it, whatever server leads to them. Needs a cluster with a node.</summary>
public abstract class CodeInPods(PodFixture fixture, ITestOutputHelper output)
{
    private const long MiB = 1 << 20;
    private static int s_threads;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected PodFixture Fixture => fixture;

    private string Space => fixture.Space.Name;

    [Fact]
    public async Task Code_runs_in_a_pod_and_its_variables_pictures_and_files_are_there()
    {
        await using var replica = await StartReplicaAsync();
        var key = NewKey();
        var sandbox = await replica.Sandboxes.OpenAsync(key, Token);
        (await TextAsync(sandbox, "x = 1 + 1\nprint(x)")).ShouldBe("2\n");

        // Another gateway finds the same kernel.
        await using var other = await StartReplicaAsync();
        var found = await other.Sandboxes.ContinueAsync(key, Token);
        found.Incarnation.ShouldBe(sandbox.Incarnation);
        (await TextAsync(found, "print(x + 1)")).ShouldBe("3\n");

        var drawn = await RunAsync(found, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()");
        drawn.OfType<CallDisplay>().ShouldContain(display => display.Data.ContainsKey("image/png"));

        var info = await ShownAsync();
        info.State.ShouldBe(SessionState.Running);
        info.ExpiresAt.ShouldNotBeNull();
        // Code may run up to a second before the controller has seen that the self-test has passed.
        await Eventually.TrueAsync(
            async () => (await ShownAsync()).Isolation.Single(each => each.Name == "NetworkIsolated").Enforced == true,
            () => "the session is shown to be isolated",
            Space
        );
        await replica.Sandboxes.EndAsync(key, Token);
        await Eventually.GoneAsync<SandboxSession>(fixture.Space.Key(key.Name));

        async Task<SessionInfo> ShownAsync() =>
            (await replica.Sandboxes.ListAsync(Token)).Single(session => session.Key == key);
    }

    [Fact]
    public async Task A_file_goes_in_and_comes_out_whole()
    {
        await using var replica = await StartReplicaAsync();
        var key = NewKey();
        var sandbox = await replica.Sandboxes.OpenAsync(key, Token);
        var bytes =
            (Environment.GetEnvironmentVariable("SANDBOX_TEST_FILE_MIB") is { } asked ? int.Parse(asked) : 100) * MiB;

        var started = Stopwatch.GetTimestamp();
        await sandbox.PutFileAsync("big", new Pattern(bytes), bytes, null, Token);
        var into = Stopwatch.GetElapsedTime(started);
        (await TextAsync(sandbox, "import os\nprint(os.path.getsize('big'))")).Trim().ShouldBe($"{bytes}");

        started = Stopwatch.GetTimestamp();
        await using var file = (await sandbox.OpenFileAsync("big", Token)).ShouldNotBeNull();
        await Pattern.ShouldBeReadFromAsync(file.Content, bytes, Token);
        var back = Stopwatch.GetElapsedTime(started);
        Note(
            $"{bytes / MiB} MiB in: {bytes / MiB / into.TotalSeconds:0} MiB/s, out: {bytes / MiB / back.TotalSeconds:0} MiB/s"
        );
        await replica.Sandboxes.EndAsync(key, Token);
    }

    [Fact]
    public async Task Calls_in_an_open_session_are_answered_at_once()
    {
        await using var replica = await StartReplicaAsync();
        var key = NewKey();
        await replica.Sandboxes.OpenAsync(key, Token);
        var times = new List<double>();
        for (var call = 0; call < 220; call++)
        {
            var started = Stopwatch.GetTimestamp();
            var sandbox = await replica.Sandboxes.ContinueAsync(key, Token);
            (await TextAsync(sandbox, "print(1+1)")).ShouldBe("2\n");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var sorted = times.Skip(20).Order().ToList();
        Note($"print(1+1): median {sorted[100]:0.00} ms, p95 {sorted[190]:0.00} ms of 200");
        await replica.Sandboxes.EndAsync(key, Token);
    }

    [Fact]
    public async Task A_pod_that_is_deleted_during_a_call_is_told_and_the_session_goes_on_in_another()
    {
        await using var replica = await StartReplicaAsync();
        var key = NewKey();
        var sandbox = await replica.Sandboxes.OpenAsync(key, Token);
        var call = RunAsync(sandbox, "import time\ntime.sleep(100)");
        var session = (await fixture.Space.Client.GetAsync<SandboxSession>(fixture.Space.Key(key.Name), Token))!;
        await Kubectl.RunAsync("--namespace", Space, "delete", "pod", session.Status!.PodRef!.Name, "--wait=false");
        await ShouldBeLostAsync(call);

        // The kernel may be gone before the pod is.
        await Eventually.TrueAsync(
            async () => (await replica.Sandboxes.ContinueAsync(key, Token)).VolumeId != sandbox.VolumeId,
            () => "the session has another pod",
            Space
        );
        var next = await replica.Sandboxes.ContinueAsync(key, Token);
        (await TextAsync(next, "print('again')")).ShouldBe("again\n");
        await replica.Sandboxes.EndAsync(key, Token);
    }

    private protected Task<Replica> StartReplicaAsync(Action<KubernetesSandboxOptions>? configure = null) =>
        Replica.StartAsync(Space, configure: configure, kubeconfig: fixture.Kubeconfig);

    private protected static SessionKey NewKey() =>
        new("project", $"thread_pod{Interlocked.Increment(ref s_threads)}", 1);

    private protected void Note(FormattableString text) =>
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Agent and kernel end at once: either may be the first.</summary>
    private static async Task ShouldBeLostAsync(Task<IReadOnlyList<CallEvent>> call)
    {
        try
        {
            var events = await call.WaitAsync(Eventually.Deadline, Token);
            events[^1].ShouldBeOfType<CallDone>().StateLost.ShouldBeTrue();
        }
        catch (SandboxLostException)
        {
            // The agent, or the way to it, was the first.
        }
    }

    private static async Task<string> TextAsync(ISandbox sandbox, string code) =>
        string.Concat((await RunAsync(sandbox, code)).OfType<CallOutput>().Select(each => each.Text));

    private static async Task<IReadOnlyList<CallEvent>> RunAsync(ISandbox sandbox, string code)
    {
        var events = new List<CallEvent>();
        var request = new CallRequest
        {
            Id = Guid.NewGuid().ToString("N"),
            Code = code,
            Incarnation = sandbox.Incarnation,
            Epoch = 1,
        };
        await foreach (var next in sandbox.RunAsync(request, Token))
        {
            events.Add(next);
        }

        return events;
    }
}
