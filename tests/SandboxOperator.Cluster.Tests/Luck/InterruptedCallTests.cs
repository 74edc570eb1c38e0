using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>What happens to code that runs while something around it dies. Needs a cluster with a node.</summary>
[Collection(LuckCollection.Name)]
public sealed class InterruptedCallTests(LuckFixture world) : IAsyncLifetime
{
    private const string Endless = """
        import time
        open("begun", "w").close()
        time.sleep(600)
        """;

    private Conversation _thread = null!;

    public async ValueTask InitializeAsync()
    {
        _thread = await Conversation.BeginAsync(world.Gateway);
        world.WhenAsked("hello", "print('hello', 6 * 7)");
        world.WhenAsked("endless", Endless);
    }

    public async ValueTask DisposeAsync()
    {
        await world.Space.ShouldBeCleanAsync();
        await world.EndAsync(_thread);
    }

    [Fact]
    public async Task A_gateway_that_is_killed_finds_its_call_again_and_the_code_runs_once()
    {
        world.WhenAsked("append", Appending);
        var run = await _thread.SayAsync("append");
        var pod = await world.PodAsync(_thread);
        await world.FileAsync(pod, "lines");

        await world.Gateway.KillAsync();
        await world.Gateway.StartAsync();
        (await world.ExecAsync(pod, "touch", "/mnt/data/go")).Status.ShouldBe(0);
        (await _thread.AnswerToAsync(run)).ShouldContain("lines: 1");

        (await world.ExecAsync(pod, "cat", "/mnt/data/lines")).Output.ShouldBe("a line\n");
        (await world.PodAsync(_thread)).Uid().ShouldBe(pod.Uid());
    }

    [Fact]
    public async Task A_call_outlives_a_restart_of_the_api_server()
    {
        Machinery.ShouldBeOurs();
        world.WhenAsked("append", Appending);
        var run = await _thread.SayAsync("append");
        var pod = await world.PodAsync(_thread);
        await world.FileAsync(pod, "lines");

        await Machinery.RestartApiServerAsync(meanwhile: () => Task.Delay(TimeSpan.FromSeconds(3)));
        (await world.ExecAsync(pod, "touch", "/mnt/data/go")).Status.ShouldBe(0);
        (await _thread.AnswerToAsync(run)).ShouldContain("lines: 1");
        (await world.PodAsync(_thread)).Uid().ShouldBe(pod.Uid());
        (await _thread.AnswerAsync("hello")).ShouldContain("hello 42");
    }

    [Fact]
    public async Task Of_a_pod_that_is_deleted_the_model_is_told_and_the_thread_goes_on_in_another()
    {
        var run = await _thread.SayAsync("endless");
        var pod = await world.PodAsync(_thread);
        await world.FileAsync(pod, "begun");
        await world.Space.Client.DeleteAsync<V1Pod>(ObjectKey.Of(pod), null, CancellationToken.None);

        (await _thread.AnswerToAsync(run)).ShouldContain("lost");
        (await _thread.AnswerAfterLossAsync("hello")).ShouldContain("hello 42");
        var session = await world.SessionAsync(_thread);
        session.Status!.PodRef!.Uid.ShouldNotBe(pod.Uid());
        session.Status.Replacements.ShouldBe(1);
    }

    [Fact]
    public async Task Of_a_session_that_is_deleted_the_model_is_told_and_the_thread_goes_on_in_another()
    {
        var run = await _thread.SayAsync("endless");
        var session = await world.SessionAsync(_thread);
        await world.FileAsync(await world.PodAsync(_thread), "begun");
        await world.Space.Client.DeleteAsync<SandboxSession>(ObjectKey.Of(session), null, CancellationToken.None);

        (await _thread.AnswerToAsync(run)).ShouldContain("lost");
        (await _thread.AnswerAfterLossAsync("hello")).ShouldContain("hello 42");
        (await world.SessionAsync(_thread)).Name().ShouldNotBe(session.Name());
    }

    /// <summary>Runs twice, it leaves two lines; it ends when it is told to.</summary>
    private const string Appending = """
        import os, time
        with open("lines", "a") as lines:
            lines.write("a line\n")
        while not os.path.exists("go"):
            time.sleep(0.05)
        print("lines:", len(open("lines").readlines()))
        """;
}
