using System.Threading.Channels;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Streaming;

/// <summary>
/// One client's view of a run's stream: a bounded buffer between the run and the connection. When it is full the
/// stream ends with an <c>error</c> event.
/// </summary>
internal sealed class RunListener(RunStream stream) : IDisposable
{
    /// <summary>Bytes of events that may wait for one client.</summary>
    internal const long MaxWaitingBytes = 32 * 1024 * 1024;

    /// <summary>Events that may wait for one client.</summary>
    internal const int MaxWaitingEvents = 16 * 1024;

    private static readonly RunEvent TooSlow = new(
        RunEventNames.Error,
        WireJson.Bytes(writer =>
            StreamError.Write(
                writer,
                "The stream was ended because its events were not read fast enough. The run goes on: retrieve it to "
                    + "follow it."
            )
        )
    );

    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    private long _waitingBytes;
    private int _waitingEvents;
    private int _ended;

    /// <summary>Waits for the next event; false when the stream has ended.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        _events.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes an event that is there.</summary>
    public bool TryRead(out RunEvent item)
    {
        if (!_events.Reader.TryRead(out item))
        {
            return false;
        }

        Interlocked.Decrement(ref _waitingEvents);
        Interlocked.Add(ref _waitingBytes, -item.Data.Length);
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        stream.Leave(this);
        Complete();
    }

    internal void Offer(RunEvent item)
    {
        if (Volatile.Read(ref _ended) != 0)
        {
            return;
        }

        if (
            Interlocked.Increment(ref _waitingEvents) > MaxWaitingEvents
            || Interlocked.Add(ref _waitingBytes, item.Data.Length) > MaxWaitingBytes
        )
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                _events.Writer.TryWrite(TooSlow);
                _events.Writer.TryComplete();
            }

            return;
        }

        _events.Writer.TryWrite(item);
    }

    internal void Complete()
    {
        Volatile.Write(ref _ended, 1);
        _events.Writer.TryComplete();
    }
}
