using System.Net.Sockets;
using SandboxOperator.Agent.Init;

namespace SandboxOperator.Agent.Attach;

/// <summary>How <c>attach</c> gives its standard streams away: as descriptors, so that no byte passes through it.</summary>
internal static class HandOver
{
    /// <summary>What the socket's path has more than that of the API.</summary>
    public const string Suffix = ".fd";

    private const int Input = 0;
    private const int Output = 1;

    /// <summary>Where the agent takes streams: beside the socket of its API.</summary>
    public static UnixDomainSocketEndPoint At(string socket) => new(socket + Suffix);

    /// <summary>Gives the standard streams of this process away.</summary>
    /// <exception cref="IOException">The agent does not take them.</exception>
    public static void Give(Socket agent) => Give(agent, Input, Output);

    /// <summary>Gives two descriptors away, the one to read first; the receiver gets copies.</summary>
    /// <exception cref="IOException">The agent does not take them.</exception>
    public static void Give(Socket agent, int input, int output)
    {
        if (!Descriptors.SendWithDescriptors((int)agent.Handle, [0], [input, output]))
        {
            throw new IOException($"the agent does not take the streams: {Native.LastErrorText}");
        }
    }

    /// <summary>Takes what was given, which must be there.</summary>
    /// <exception cref="IOException">It is not two descriptors.</exception>
    public static (int Input, int Output) Take(Socket attach)
    {
        Span<int> descriptors = [-1, -1];
        var count = Descriptors.ReceiveDescriptors((int)attach.Handle, descriptors);
        if (count == descriptors.Length)
        {
            return (descriptors[Input], descriptors[Output]);
        }

        Descriptors.Close(descriptors[Input]);
        throw new IOException($"attach gave {count} descriptors");
    }
}
