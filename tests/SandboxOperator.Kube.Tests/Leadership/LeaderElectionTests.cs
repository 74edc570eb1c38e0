using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Kube.Leadership;
using SandboxOperator.Kube.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Leadership;

public sealed class LeaderElectionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly InMemoryLeases _leases = new();
    private readonly ConcurrentDictionary<string, int> _working = new(StringComparer.Ordinal);
    private int _most;

    [Fact]
    public async Task One_works_and_hands_over_at_once_when_it_shuts_down()
    {
        using var stopA = new CancellationTokenSource();
        using var stopB = new CancellationTokenSource();
        var a = Start("a", stopA.Token);
        await Until(() => _working.ContainsKey("a"));
        var b = Start("b", stopB.Token);
        await Pass(TimeSpan.FromMinutes(1));
        _working.Keys.ShouldBe(["a"]);

        await stopA.CancelAsync();
        await a;
        _leases.Holder.ShouldBe("");
        var before = _time.GetUtcNow();
        await Until(() => _leases.Holder == "b");
        (_time.GetUtcNow() - before).ShouldBeLessThan(
            TimeSpan.FromSeconds(15),
            "it need not wait for the lease to end"
        );
        await Eventually.True(() => _working.ContainsKey("b"), "b's work");
        await stopB.CancelAsync();
        await b;
        _most.ShouldBe(1);
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_before_another_begins_and_comes_back()
    {
        using var stop = new CancellationTokenSource();
        var a = Start("a", stop.Token);
        await Until(() => _working.ContainsKey("a"));
        var b = Start("b", stop.Token);
        await Pass(TimeSpan.FromSeconds(10));

        _leases.Unreachable = "a";
        await Until(() => _leases.Holder == "b");
        await Eventually.True(() => _working.ContainsKey("b"), "b's work");
        _working.Keys.ShouldBe(["b"]);

        _leases.Unreachable = "b";
        await Until(() => _leases.Holder == "a");
        await Eventually.True(() => _working.ContainsKey("a"), "a's work");
        await stop.CancelAsync();
        await Task.WhenAll(a, b);
        _most.ShouldBe(1);
    }

    [Fact]
    public async Task Work_that_fails_releases_the_lease_and_says_so()
    {
        var election = Election("a");
        await Should.ThrowAsync<InvalidDataException>(
            election.RunAsync(_ => throw new InvalidDataException(), CancellationToken.None)
        );
        _leases.Holder.ShouldBe("");
    }

    private Task Start(string identity, CancellationToken token) =>
        Task.Run(
            () =>
                Election(identity)
                    .RunAsync(
                        async leading =>
                        {
                            _working[identity] = 1;
                            _most = Math.Max(_most, _working.Count);
                            // It ends where it is told to, not when a pool has a thread: time goes on meanwhile.
                            var stopped = new TaskCompletionSource();
                            using var stopping = leading.Register(() =>
                            {
                                _working.TryRemove(identity, out _);
                                stopped.SetResult();
                            });
                            await stopped.Task;
                        },
                        token
                    ),
            CancellationToken.None
        );

    private LeaderElection Election(string identity) =>
        new(
            _leases,
            new LeaderElectionOptions { Identity = identity },
            "default",
            _time,
            NullLogger<LeaderElection>.Instance
        );

    private Task Until(Func<bool> condition) =>
        Eventually.True(condition, "leadership", () => _time.Advance(TimeSpan.FromMilliseconds(250)));

    private async Task Pass(TimeSpan time)
    {
        var end = _time.GetUtcNow() + time;
        await Until(() => _time.GetUtcNow() >= end);
    }
}
