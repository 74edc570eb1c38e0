using System.Net.Sockets;
using SandboxOperator.Agent.Init;

namespace SandboxOperator.Agent.Serve.Attached;

/// <summary>Waits for the streams of one <c>attach</c> command, as long as that is there and they are in use.</summary>
/// <param name="attach">The command's socket, on which nothing comes but its end.</param>
/// <param name="time">The clock.</param>
/// <param name="idle">How long no byte may pass.</param>
internal sealed class StreamWatch(Socket attach, TimeProvider time, TimeSpan idle)
{
    private long _last = time.GetTimestamp();

    /// <summary>Bytes pass.</summary>
    public void Touch() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>Waits until a stream can be read or written; false when it is not to be waited for any longer.</summary>
    public unsafe bool WaitFor(int stream, short events)
    {
        var polled = stackalloc Native.PollDescriptor[2];
        polled[0] = new Native.PollDescriptor { Descriptor = stream, Events = events };
        polled[1] = new Native.PollDescriptor { Descriptor = (int)attach.Handle, Events = Native.PollIn };
        while (idle - time.GetElapsedTime(Volatile.Read(ref _last)) is { Ticks: > 0 } left)
        {
            if (Native.Poll(polled, 2, (int)left.TotalMilliseconds + 1) > 0)
            {
                return polled[1].Returned == 0;
            }
        }

        return false;
    }
}
