using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Luck;

/// <summary>What happens when a part of a sandbox dies under running code. Needs a cluster with a node.</summary>
[Collection(LuckCollection.Name)]
public sealed class DyingSandboxTests(LuckFixture world) : IAsyncLifetime
{
    private Conversation _thread = null!;

    public async ValueTask InitializeAsync()
    {
        _thread = await Conversation.BeginAsync(world.Gateway);
        world.WhenAsked("hello", "print('hello', 6 * 7)");
        world.WhenAsked("keep", "open('kept', 'w').write('kept')\nx = 1");
        world.WhenAsked("look", "import os\nprint('kept:', os.path.exists('kept'), 'x:', 'x' in globals())");
        world.WhenAsked("endless", "import time\nopen('begun', 'w').close()\ntime.sleep(600)");
        await _thread.AnswerAsync("keep");
    }

    public async ValueTask DisposeAsync()
    {
        await world.Space.ShouldBeCleanAsync();
        await world.EndAsync(_thread);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("kernel")]
    public async Task Of_a_container_that_is_killed_the_model_is_told_and_its_files_stay(string container)
    {
        Machinery.ShouldBeOurs();
        var run = await _thread.SayAsync("endless");
        var pod = await world.PodAsync(_thread);
        await world.FileAsync(pod, "begun");
        await Machinery.KillContainerAsync(pod, container);

        (await _thread.AnswerToAsync(run)).ShouldContain("lost", Case.Insensitive);
        (await _thread.AnswerAfterLossAsync("look")).ShouldContain("kept: True x: False");
        (await world.PodAsync(_thread)).Uid().ShouldBe(pod.Uid());
    }

    [Fact]
    public async Task Of_code_that_takes_too_much_memory_the_model_is_told_and_its_files_stay()
    {
        var pod = await world.PodAsync(_thread);

        // 1. One process alone is refused more, and lives.
        world.WhenAsked("alone", Hoard(processes: 0, mebibytes: 16, pause: 0));
        (await _thread.AnswerAsync("alone")).ShouldContain("MemoryError");
        (await _thread.AnswerAsync("look")).ShouldContain("kept: True x: True");

        // 2. Several together are ended before the container has to be.
        world.WhenAsked("slowly", Hoard(processes: 2, mebibytes: 8, pause: 0.2));
        (await _thread.AnswerAsync("slowly")).ShouldContain("killed: out of memory");
        (await _thread.AnswerAsync("look")).ShouldContain("kept: True x: False");

        // 3. When they are quicker than whoever watches, the system may be first, and ends what it likes.
        world.WhenAsked("at-once", Hoard(processes: 8, mebibytes: 16, pause: 0));
        (await _thread.AnswerAsync("at-once")).ShouldMatch("killed:|SIGKILL");
        (await _thread.AnswerAsync("look")).ShouldContain("kept: True");
        (await world.PodAsync(_thread)).Uid().ShouldBe(pod.Uid());
    }

    private static string Hoard(int processes, int mebibytes, double pause) =>
        FormattableString.Invariant(
            $"""
            import os, time
            children = 0
            for _ in range({processes}):
                if os.fork() == 0:
                    break
                children += 1
            hoard = []
            while children < max({processes}, 1):
                hoard.append(b"x" * ({mebibytes} << 20))
                time.sleep({pause})
            print([os.WTERMSIG(os.wait()[1]) == 9 and "SIGKILL" for _ in range(children)])
            """
        );
}
