using System.Net;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>Where connections come from.</summary>
/// <param name="socket">The socket of the API.</param>
/// <param name="areGiven">
/// Whether a connection is the two standard streams that an <c>attach</c> command gives away, at a socket beside it, or that
/// socket's own.
/// </param>
internal sealed class StreamEndPoint(string socket, bool areGiven) : EndPoint
{
    public string Socket => socket;

    public bool AreGiven => areGiven;

    public override string ToString() => $"{(areGiven ? "attach" : "unix")}:{socket}";
}
