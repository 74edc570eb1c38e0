using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>One connection to init.</summary>
internal interface IKernelConnection
{
    /// <summary>Sends a message. A failure ends the connection; on an ended one nothing happens.</summary>
    Task SendAsync(LinkMessage message);

    /// <summary>Ends the connection, and the kernel side if it was launched from here; a new one follows.</summary>
    void Cut(string reason);
}
