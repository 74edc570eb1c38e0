using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Sandboxes.Kubernetes;
using SandboxOperator.Sandboxes.Kubernetes.Prepared;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Prepared;

public sealed class PreparedStreamsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly PlayedPods _pods = new();
    private readonly PlayedStreams _streams = new();
    private readonly KubernetesSandboxOptions _options = new();
    private readonly PreparedStreams _prepared;

    public PreparedStreamsTests() =>
        _prepared = new PreparedStreams(
            _streams,
            _pods,
            Options.Create(_options),
            _time,
            NullLogger<PreparedStreams>.Instance
        );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _prepared.StopAsync(Token);
        _prepared.Dispose();
    }

    [Fact]
    public async Task The_first_to_ask_gets_the_stream_that_waits()
    {
        await StartAsync();
        await KeepAsync("warm");

        (await OpenAsync("warm")).ShouldBeSameAs(_streams.Of("warm")[0]);

        (await OpenAsync("warm")).ShouldBeSameAs(_streams.Of("warm")[1]);
        _pods.Set("other", ready: true);
        await UntilAsync(() => _streams.Of("other").Count == 1);
        _streams.Of("warm").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_pod_that_is_not_ready_is_left_alone()
    {
        await StartAsync();
        _pods.Set("starting", ready: false);
        _pods.Set("warm", ready: true);
        await UntilAsync(() => _streams.Of("warm").Count == 1);
        _streams.Of("starting").ShouldBeEmpty();

        _pods.Set("starting", ready: true);
        await UntilAsync(() => _streams.Of("starting").Count == 1);
    }

    [Fact]
    public async Task A_pod_that_left_its_pool_may_be_asked_for_a_moment_longer()
    {
        await StartAsync();
        await KeepAsync("claimed", "gone");
        _pods.Remove("claimed");
        _pods.Remove("gone");

        (await OpenAsync("claimed")).ShouldBeSameAs(_streams.Of("claimed")[0]);

        await UntilAsync(() =>
        {
            _time.Advance(PreparedStreams.Period);
            return !_streams.Of("gone")[0].CanRead;
        });
        _streams.Of("claimed")[0].CanRead.ShouldBeTrue();
    }

    [Fact]
    public async Task Only_so_many_are_kept()
    {
        _options.PreparedStreams = 2;
        await StartAsync();
        _pods.Set("a", ready: true);
        _pods.Set("b", ready: true);
        _pods.Set("c", ready: true);
        await UntilAsync(() => _streams.Count == 2);

        // Room for the third.
        var first = new[] { "a", "b", "c" }.First(pod => _streams.Of(pod).Count == 1);
        await OpenAsync(first);
        await UntilAsync(() =>
        {
            _time.Advance(PreparedStreams.Period);
            return _streams.Count == 3;
        });
        new[] { "a", "b", "c" }.ShouldAllBe(pod => _streams.Of(pod).Count == 1);
    }

    [Fact]
    public async Task A_pod_that_cannot_be_reached_is_tried_again_later()
    {
        _streams.Unreachable = "mute";
        await StartAsync();
        _pods.Set("mute", ready: true);
        await UntilAsync(() => _streams.Refused > 0);

        _streams.Unreachable = null;
        await UntilAsync(() =>
        {
            _time.Advance(PreparedStreams.Period);
            return _streams.Of("mute").Count == 1;
        });
    }

    [Fact]
    public async Task Without_any_every_stream_is_opened_when_it_is_asked_for()
    {
        _options.PreparedStreams = 0;
        _pods.Set("warm", ready: true);
        await StartAsync();

        await OpenAsync("warm");

        _streams.Of("warm").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_that_stops_closes_what_nobody_took()
    {
        await StartAsync();
        _pods.Set("warm", ready: true);
        _pods.Set("used", ready: true);
        await UntilAsync(() => _streams.Count == 2);
        var used = await OpenAsync("used");

        await _prepared.StopAsync(Token);

        _streams.Of("warm")[0].CanRead.ShouldBeFalse();
        used.CanRead.ShouldBeTrue();
    }

    /// <summary>Lets streams to these pods wait: one to another pod is opened after they were put away.</summary>
    private async Task KeepAsync(params string[] pods)
    {
        foreach (var pod in (string[])[.. pods, "after"])
        {
            _pods.Set(pod, ready: true);
            await UntilAsync(() => _streams.Of(pod).Count == 1);
        }
    }

    private Task StartAsync() => _prepared.StartAsync(Token);

    private ValueTask<Stream> OpenAsync(string pod) =>
        _prepared.OpenAsync(new PodReference { Name = pod, Uid = pod + "-uid" }, Token);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
