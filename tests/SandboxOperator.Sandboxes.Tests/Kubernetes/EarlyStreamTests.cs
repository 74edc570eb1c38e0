using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Sandboxes.Kubernetes;
using SandboxOperator.Sandboxes.Kubernetes.Prepared;
using Shouldly;
using Xunit;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes;

public sealed class EarlyStreamTests : IDisposable
{
    private static readonly PodReference Pod = new() { Name = "pod", Uid = "uid-1" };
    private readonly FakeTimeProvider _time = new();
    private readonly Streams _streams = new();
    private readonly EarlyStream _early;

    public EarlyStreamTests() => _early = new EarlyStream(_streams, _time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_first_gets_the_stream_that_was_opened_early_and_others_another_one()
    {
        _early.Begin(Pod);
        _early.Begin(Pod);
        _streams.Opened.ShouldBeEmpty("a container does not start at once");
        _time.Advance(EarlyStream.Pause);
        var early = _streams.Opened.ShouldHaveSingleItem();

        (await _early.OpenAsync(Pod, Stop)).ShouldBeSameAs(early);
        (await _early.OpenAsync(Pod, Stop)).ShouldNotBeSameAs(early);
        _streams.Opened.Count.ShouldBe(2);
        _early.Dispose();
        _streams.Opened.ShouldAllBe(stream => stream.CanRead, "who has a stream keeps it");
    }

    [Fact]
    public async Task It_tries_again_until_the_container_runs()
    {
        _streams.Refusals = 2;
        _early.Begin(Pod);
        for (var round = 0; round < 3; round++)
        {
            _streams.Opened.ShouldBeEmpty();
            _time.Advance(EarlyStream.Pause);
        }

        (await _early.OpenAsync(Pod, Stop)).ShouldBeSameAs(_streams.Opened.ShouldHaveSingleItem());
    }

    [Fact]
    public async Task Who_asks_before_it_is_open_does_not_wait_for_it()
    {
        _early.Begin(Pod);
        var own = await _early.OpenAsync(Pod, Stop);
        _streams.Opened.ShouldBe([own]);
    }

    [Fact]
    public async Task A_stream_to_a_pod_that_was_replaced_is_closed()
    {
        _early.Begin(Pod);
        _time.Advance(EarlyStream.Pause);
        var old = _streams.Opened.ShouldHaveSingleItem();

        _early.Begin(Pod with { Uid = "uid-2" });
        _time.Advance(EarlyStream.Pause);

        await old.ClosedAsync(Stop);
        (await _early.OpenAsync(Pod with { Uid = "uid-2" }, Stop)).ShouldBeSameAs(_streams.Opened[1]);
    }

    [Fact]
    public async Task What_nobody_has_taken_is_closed_at_the_end_and_nothing_begins_after_it()
    {
        _early.Begin(Pod);
        _time.Advance(EarlyStream.Pause);
        _early.Dispose();

        await _streams.Opened.ShouldHaveSingleItem().ClosedAsync(Stop);
        _early.Begin(Pod with { Uid = "uid-2" });
        _time.Advance(EarlyStream.Pause);
        (await _early.OpenAsync(Pod, Stop)).CanRead.ShouldBeTrue();
        _streams.Opened.Count.ShouldBe(2);
    }

    public void Dispose() => _early.Dispose();

    private sealed class Streams : IAgentStreams
    {
        public int Refusals { get; set; }

        public List<OpenedStream> Opened { get; } = [];

        public ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken)
        {
            if (Refusals-- > 0)
            {
                throw new IOException("container not found");
            }

            Opened.Add(new OpenedStream());
            return ValueTask.FromResult<Stream>(Opened[^1]);
        }
    }

    private sealed class OpenedStream : MemoryStream
    {
        private readonly TaskCompletionSource _closed = new();

        public Task ClosedAsync(CancellationToken token) => _closed.Task.WaitAsync(TimeSpan.FromSeconds(30), token);

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            _closed.TrySetResult();
        }
    }
}
