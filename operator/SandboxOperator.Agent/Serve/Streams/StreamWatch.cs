using System.Net.Sockets;
using SandboxOperator.Agent.Init;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>Waits for the streams of one connection, as long as they are in use and whoever gave them away is there.</summary>
/// <param name="giver">The socket of an <c>attach</c> command, on which nothing comes but its end; null for none.</param>
/// <param name="time">The clock.</param>
/// <param name="idle">How long no byte may pass; infinite when the end of a stream is always seen.</param>
internal sealed class StreamWatch(Socket? giver, TimeProvider time, TimeSpan idle)
{
    private const int ForEver = -1;

    private long _last = time.GetTimestamp();

    /// <summary>Bytes pass.</summary>
    public void Touch() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>Waits until a stream can be read or written; false when it is not to be waited for any longer.</summary>
    public unsafe bool WaitFor(int stream, short events)
    {
        var polled = stackalloc Native.PollDescriptor[2];
        polled[0] = new Native.PollDescriptor { Descriptor = stream, Events = events };
        polled[1] = new Native.PollDescriptor { Descriptor = (int?)giver?.Handle ?? -1, Events = Native.PollIn };
        while (Left() is var left and not 0)
        {
            if (Native.Poll(polled, 2, left) > 0)
            {
                return polled[1].Returned == 0;
            }
        }

        return false;
    }

    private int Left() =>
        idle == Timeout.InfiniteTimeSpan
            ? ForEver
            : (int)Math.Ceiling(Math.Max(0, (idle - time.GetElapsedTime(Volatile.Read(ref _last))).TotalMilliseconds));
}
