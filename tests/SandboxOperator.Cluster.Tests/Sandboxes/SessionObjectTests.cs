using System.Diagnostics;
using k8s.Models;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>The gateway's side of sessions against a real API server; the controller and the agents are played.</summary>
public sealed class SessionObjectTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>, IAsyncLifetime
{
    private readonly PlayedAgents _agents = new();
    private Replica _replica = null!;
    private static int s_threads;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ISandboxes Sandboxes => _replica.Sandboxes;

    public async ValueTask InitializeAsync() => _replica = await Replica.StartAsync(space.Name, _agents);

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _agents.DisposeAsync();
    }

    [Fact]
    public async Task A_session_is_created_waited_for_and_found_again_by_other_replicas()
    {
        var key = NewKey();
        await using var other = await Replica.StartAsync(space.Name, _agents);
        var asked = Enumerable
            .Range(0, 10)
            .Select(each => (each % 2 == 0 ? Sandboxes : other.Sandboxes).OpenAsync(key, Token))
            .ToList();
        var session = await space.ReadyAsync(key.Name, "first");
        session.Spec.Project.ShouldBe(key.Project);
        session.Spec.ThreadId.ShouldBe(key.ThreadId);

        foreach (var sandbox in await Task.WhenAll(asked))
        {
            sandbox.Incarnation.ShouldBe("uid-first");
            sandbox.VolumeId.ShouldBe("uid-first");
        }

        (await Sandboxes.ListAsync(Token)).Single(info => info.Key == key).Launch.ShouldBe(SandboxLaunch.Warm);
        (await RunAsync(await Sandboxes.OpenAsync(key, Token), "1")).ShouldBe(["started", "done"]);
        (await ReportedAsync(key)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_session_names_the_trace_that_waits_for_it()
    {
        var key = NewKey();
        using var span = new Activity("waits") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        var opening = Sandboxes.OpenAsync(key, Token);
        var session = await space.ReadyAsync(key.Name, "traced");
        await opening;
        session.Metadata.Annotations[SandboxAnnotations.TraceParent].ShouldBe(span.Id);
    }

    [Fact]
    public async Task A_session_that_cannot_start_fails_with_the_controllers_words_and_leaves_nothing()
    {
        var key = NewKey();
        var opening = Sandboxes.OpenAsync(key, Token);
        await space.FailAsync(key.Name, ConditionReasons.ImagePullFailed, "image nowhere/none: not found");
        (await Should.ThrowAsync<SandboxUnavailableException>(opening)).Message.ShouldContain("nowhere/none");
        await Eventually.GoneAsync<SandboxSession>(space.Key(key.Name));
    }

    [Fact]
    public async Task An_expired_session_has_ended_and_the_next_ordinal_begins_anew()
    {
        var key = await OpenedAsync("gone");
        await space.ExpireAsync(key.Name);
        await Eventually.TrueAsync(
            async () => (await Sandboxes.ListAsync(Token)).All(info => info.Key != key),
            () => "the session is not listed any more",
            space.Name
        );
        await Should.ThrowAsync<SessionEndedException>(() => Sandboxes.OpenAsync(key, Token));
        var next = Sandboxes.OpenAsync(key with { Ordinal = 2 }, Token);
        await space.ReadyAsync((key with { Ordinal = 2 }).Name, "next");
        (await next).Info.Key.Ordinal.ShouldBe(2);
    }

    [Fact]
    public async Task A_session_deleted_during_a_call_tells_the_caller_at_once_and_is_not_made_anew()
    {
        var key = await OpenedAsync("deleted");
        var call = RunAsync(await Sandboxes.OpenAsync(key, Token), "hang");
        await space.Client.DeleteAsync<SandboxSession>(space.Key(key.Name), null, Token);
        await Should.ThrowAsync<SandboxLostException>(() => call.WaitAsync(Eventually.Deadline, Token));
        await Should.ThrowAsync<SessionEndedException>(() => Sandboxes.ContinueAsync(key, Token));
    }

    [Fact]
    public async Task A_replaced_pod_is_another_incarnation_and_volume()
    {
        var key = await OpenedAsync("before");
        var before = await Sandboxes.OpenAsync(key, Token);
        _agents.Unreachable["before"] = true;
        await space.ReadyAsync(key.Name, "after");
        await Eventually.TrueAsync(
            async () => (await Sandboxes.OpenAsync(key, Token)).VolumeId == "uid-after",
            () => "the session has its other pod",
            space.Name
        );
        var refused = await Should.ThrowAsync<Exception>(() => RunAsync(before, "1"));
        (refused is CallRefusedException or SandboxLostException).ShouldBeTrue(refused.ToString());
    }

    [Fact]
    public async Task Activity_is_written_before_a_call_that_comes_near_the_end_and_never_goes_back()
    {
        var key = await OpenedAsync("near", TimeProvider.System.GetUtcNow().AddSeconds(20));
        var sandbox = await Sandboxes.OpenAsync(key, Token);
        var reported = (await ReportedAsync(key)).ShouldNotBeNull();
        reported.ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddMinutes(-1));

        // Another replica, whose clock is ahead, was here.
        var ahead = TimeProvider.System.GetUtcNow().AddMinutes(2);
        var session = (await space.Client.GetAsync<SandboxSession>(space.Key(key.Name), Token))!;
        await space.Client.PatchAsync<SandboxSession>(
            space.Key(key.Name),
            new V1Patch(SessionObjects.Report(session, ahead)!.ToJsonString(), V1Patch.PatchType.MergePatch),
            "other",
            null,
            Token
        );
        await RunAsync(sandbox, "1");
        (await ReportedAsync(key))!.Value.ShouldBe(ahead, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task At_the_limit_the_longest_idle_is_suspended_and_comes_back_when_it_is_asked_for()
    {
        await using var small = await Replica.StartAsync(
            space.Name,
            _agents,
            options => options.SessionsPerProject = 2
        );
        var keys = Enumerable.Range(0, 3).Select(_ => NewKey() with { Project = "small" }).ToArray();
        await using (await OpenAsync(small, keys[0], "p0"))
        await using (await OpenAsync(small, keys[1], "p1"))
        {
            // All are in use: whoever asks gets told so.
            var full = await Should.ThrowAsync<SandboxCapacityException>(async () =>
                await small.Sandboxes.ReserveAsync(keys[2], Token)
            );
            full.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
            full.Message.ShouldContain("SessionsPerProject");
        }

        await RunAsync(await small.Sandboxes.OpenAsync(keys[0], Token), "1");
        await RunAsync(await small.Sandboxes.OpenAsync(keys[1], Token), "1");
        await using (await OpenAsync(small, keys[2], "p2"))
        {
            (await SpecAsync(keys[0])).Suspend.ShouldBeTrue();
            (await SpecAsync(keys[1])).Suspend.ShouldBeFalse();
        }

        await RunAsync(await small.Sandboxes.OpenAsync(keys[2], Token), "1");
        var again = small.Sandboxes.OpenAsync(keys[0], Token);
        await Eventually.FindAsync<SandboxSession>(space.Key(keys[0].Name), found => !found.Spec.Suspend, "resumes");
        await space.ReadyAsync(keys[0].Name, "p0-again");
        (await again).VolumeId.ShouldBe("uid-p0-again");
        (await SpecAsync(keys[1])).Suspend.ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_made_by_hand_belongs_to_the_first_thread_of_its_project()
    {
        var made = new SandboxSession
        {
            Metadata = new V1ObjectMeta { Name = "by-hand", NamespaceProperty = space.Name },
        };
        made.Spec = made.Spec with { Project = "p" };
        await space.Client.CreateAsync(made, "somebody", Token);
        SessionKey Key(string project, string thread) => new(project, thread, 1) { Given = "by-hand" };

        (await Sandboxes.HoldAsync(Key("q", "t1"), Token)).ShouldBe(SessionHold.NotFound);
        var holds = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(each => Sandboxes.HoldAsync(Key("p", $"t{each}"), Token))
        );
        holds.Count(hold => hold == SessionHold.Held).ShouldBe(1);
        var thread = (await SpecAsync(Key("p", "any"))).ThreadId!;
        (await Sandboxes.HoldAsync(Key("p", thread), Token)).ShouldBe(SessionHold.Held);
        (await Sandboxes.HoldAsync(Key("p", thread) with { Given = "None/Such" }, Token)).ShouldBe(
            SessionHold.NotFound
        );

        var opening = Sandboxes.OpenAsync(Key("p", thread), Token);
        await space.ReadyAsync("by-hand", "hand");
        (await opening).Info.Key.ShouldBe(Key("p", thread));
        await Sandboxes.EndAsync(Key("p", thread), Token);
        await Should.ThrowAsync<SessionEndedException>(() => Sandboxes.OpenAsync(Key("p", thread), Token));
    }

    [Fact]
    public async Task The_checks_say_what_is_missing()
    {
        var checks = await Sandboxes.CheckAsync(Token);
        checks.Single(check => check.Name == "kubernetes").Ok.ShouldBeTrue();
        checks.Single(check => check.Name == "resource definitions").Ok.ShouldBeTrue();
        var rights = checks.Single(check => check.Name == "rights");
        rights.Ok.ShouldBeTrue(rights.Detail);
        var runtime = checks.Single(check => check.Name == "runtime");
        runtime.Ok.ShouldBeFalse();
        runtime.Detail.ShouldContain("there is no SandboxRuntime default");
    }

    private static SessionKey NewKey() => new("project", $"thread_{Interlocked.Increment(ref s_threads)}", 1);

    private async Task<SessionKey> OpenedAsync(string pod, DateTimeOffset? expiresAt = null)
    {
        var key = NewKey();
        var opening = Sandboxes.OpenAsync(key, Token);
        await space.ReadyAsync(key.Name, pod, expiresAt);
        await opening;
        return key;
    }

    private async Task<ISandboxSlot> OpenAsync(Replica replica, SessionKey key, string pod)
    {
        var slot = await replica.Sandboxes.ReserveAsync(key, Token);
        var opening = replica.Sandboxes.OpenAsync(key, Token);
        await space.ReadyAsync(key.Name, pod);
        await opening;
        return slot;
    }

    private static async Task<IReadOnlyList<string>> RunAsync(ISandbox sandbox, string code)
    {
        var events = new List<string>();
        var request = new CallRequest
        {
            Id = Guid.NewGuid().ToString("N"),
            Code = code,
            Incarnation = sandbox.Incarnation,
            Epoch = 1,
        };
        await foreach (var next in sandbox.RunAsync(request, Token))
        {
            events.Add(
                next is CallStarted ? "started"
                : next is CallDone ? "done"
                : "else"
            );
        }

        return events;
    }

    private async Task<Api.Sessions.SandboxSessionSpec> SpecAsync(SessionKey key) =>
        (await space.Client.GetAsync<SandboxSession>(space.Key(key.Name), Token))!.Spec;

    private async Task<DateTimeOffset?> ReportedAsync(SessionKey key) =>
        (
            await Eventually.FindAsync<SandboxSession>(
                space.Key(key.Name),
                found => found.Reported() is not null,
                "tells of activity"
            )
        ).Reported();
}
