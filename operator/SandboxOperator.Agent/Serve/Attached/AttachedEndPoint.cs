using System.Net;

namespace SandboxOperator.Agent.Serve.Attached;

/// <summary>Connections over the standard streams of <c>attach</c> commands.</summary>
/// <param name="socket">The socket of the API that they name.</param>
internal sealed class AttachedEndPoint(string socket) : EndPoint
{
    public string Socket => socket;

    public override string ToString() => $"attach:{socket}";
}
