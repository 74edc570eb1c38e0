using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>Our client with a present server: pages, watches, server-side apply.</summary>
public sealed class ClientTests(ModernCluster cluster) : IClassFixture<ModernCluster>, IAsyncLifetime
{
    private const string Label = "sandboxoperator.dev/test";

    private static IKubeClient Client => TestCluster.Client;

    public async ValueTask InitializeAsync() => await ModernCluster.SkipWithoutRulesAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_list_comes_in_pages_that_are_of_one_version()
    {
        for (var index = 0; index < 5; index++)
        {
            await CreateAsync($"page-{index}", "pages");
        }

        var names = new List<string>();
        var versions = new HashSet<string>(StringComparer.Ordinal);
        string? next = null;
        do
        {
            var page = await Client.ListAsync<SandboxSession>(Query("pages"), 2, next, CancellationToken.None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(2);
            names.AddRange(page.Items.Select(session => session.Metadata.Name));
            versions.Add(page.ResourceVersion);
            next = page.Continue;
        } while (next is not null);

        names.ShouldBe(["page-0", "page-1", "page-2", "page-3", "page-4"]);
        versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_watch_tells_of_changes_in_their_order_until_its_time_is_over()
    {
        var query = Query("watch");
        var version = (await Client.ListAsync<SandboxSession>(query, 2, null, CancellationToken.None)).ResourceVersion;
        var session = await CreateAsync("watched", "watch");
        await Client.ApplyStatusAsync(session, Status("Ready"), "tests", unchanged: true, CancellationToken.None);
        await Client.DeleteAsync<SandboxSession>(new(cluster.Space, "watched"), null, CancellationToken.None);

        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var told = new List<(WatchEventKind Kind, string? Phase)>();
        await foreach (var change in Client.WatchAsync<SandboxSession>(query, version, 3, deadline.Token))
        {
            change.ResourceVersion.ShouldNotBeEmpty();
            told.Add((change.Kind, change.Entity?.Status?.Phase));
        }

        told.Take(3)
            .ShouldBe([
                (WatchEventKind.Present, null),
                (WatchEventKind.Present, "Ready"),
                (WatchEventKind.Deleted, "Ready"),
            ]);
        told.Skip(3).ShouldAllBe(change => change.Kind == WatchEventKind.Bookmark);
    }

    [Fact]
    public async Task A_version_that_the_server_has_forgotten_is_said_to_be_gone()
    {
        await CreateAsync("forgotten", "forgotten");
        var gone = await Should.ThrowAsync<KubeException>(async () =>
        {
            await foreach (
                var _ in Client.WatchAsync<SandboxSession>(Query("forgotten"), "1", 5, CancellationToken.None)
            ) { }
        });
        gone.IsGone.ShouldBeTrue(gone.Message);
    }

    [Fact]
    public async Task A_status_is_applied_once_and_not_over_a_change_of_others()
    {
        var session = await CreateAsync("applied", "applied");
        var written = await ApplyAsync(session, Status("Ready"));
        written.Status!.Phase.ShouldBe("Ready");
        written.Status.Conditions.ShouldHaveSingleItem().Message.ShouldBe("code can run");
        written.Metadata.Generation.ShouldBe(session.Metadata.Generation);
        (await ApplyAsync(written, Status("Ready"))).Metadata.ResourceVersion.ShouldBe(
            written.Metadata.ResourceVersion
        );

        // A field that its only owner leaves out is no more.
        var less = await ApplyAsync(written, Status("Ready") with { Launch = null });
        less.Status!.Launch.ShouldBeNull();

        var conflict = await Should.ThrowAsync<KubeException>(() => ApplyAsync(written, Status("Expired")));
        conflict.IsConflict.ShouldBeTrue(conflict.Message);

        static Task<SandboxSession> ApplyAsync(SandboxSession known, SandboxSessionStatus status) =>
            Client.ApplyStatusAsync(known, status, "tests", unchanged: true, CancellationToken.None);
    }

    private ListQuery Query(string group) => new(cluster.Space, $"{Label}={group}");

    private Task<SandboxSession> CreateAsync(string name, string group) =>
        Client.CreateAsync(
            new SandboxSession
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    NamespaceProperty = cluster.Space,
                    Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [Label] = group },
                },
            },
            "tests",
            CancellationToken.None
        );

    private static SandboxSessionStatus Status(string phase) =>
        new()
        {
            Phase = phase,
            Launch = SessionLaunch.Cold,
            StartedAt = DateTimeOffset.UnixEpoch,
            Conditions =
            [
                new Condition
                {
                    Type = ConditionTypes.Ready,
                    Status = ConditionStatus.True,
                    Reason = "Ready",
                    Message = "code can run",
                    LastTransitionTime = DateTimeOffset.UnixEpoch,
                },
            ],
        };
}
